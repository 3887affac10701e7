//! The types of the declared values of columns that hand-written SQL selects.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::markdown::code;
use crate::queries::OwnChoices;
use crate::rust;

/// Returns the enum of a column.
pub(super) fn definition(choices: &OwnChoices) -> TokenStream {
    let name = format_ident!("{}", choices.name);
    let docs = rust::doc_attributes(&[format!("The values of {}.", code(&choices.column))]);
    let texts = &choices.values;
    let variants = pings_model::ident::type_names(texts.iter().map(String::as_str));
    let variants: Vec<_> = variants.iter().map(|it| format_ident!("{it}")).collect();
    let variant_docs = texts.iter().map(|text| match code(text) {
        text if text.is_empty() => rust::doc_attributes(&["An empty text.".to_owned()]),
        text => rust::doc_attributes(&[text]),
    });
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name { #(#variant_docs #variants),* }

        impl #name {
            /// All values, in registry order.
            pub const ALL: &'static [Self] = &[#(Self::#variants),*];
            /// The text of each value.
            pub(crate) const TEXTS: &'static [&'static str] = &[#(#texts),*];

            /// Returns the text in the database.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                Self::TEXTS[self as usize]
            }
        }

        ::pings_rows::text_enum!(#name);
    }
}
