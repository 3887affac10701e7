//! The types of the known texts of columns that captures select.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::markdown::code;
use crate::queries::OwnChoices;
use crate::rust;

/// Returns the enum of a column.
pub(super) fn definition(choices: &OwnChoices) -> TokenStream {
    let name = format_ident!("{}", choices.name);
    let docs = rust::doc_attributes(&[format!("The values of {}.", code(&choices.column))]);
    let texts: Vec<&str> = choices.values.iter().map(String::as_str).collect();
    let variants = pings_model::ident::type_names(texts.iter().copied());
    let text_enum = rust::text_enum(
        &name,
        &variants,
        &texts,
        "in the database",
        &quote!(::pings_rows),
    );
    quote! {
        #docs
        #text_enum

        ::pings_rows::text_enum!(#name);
    }
}
