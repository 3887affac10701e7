//! `src/choices.rs`: the types of arguments with declared values.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::naming::{Choices, Plan};
use crate::markdown::code;
use crate::{Origin, header, rust};

pub(super) fn module(plan: &Plan<'_>, origin: &Origin<'_>) -> String {
    let definitions = plan.choices.iter().map(definition);
    let items = rust::items(quote!(#(#definitions)*));
    let blank = if items.is_empty() { "" } else { "\n" };
    format!(
        "{}\n//! Types of arguments with declared values.\n{blank}{items}",
        header::rust(origin)
    )
}

/// Returns the module that the types use.
fn support() -> TokenStream {
    quote!(::pings_types::generated)
}

fn definition(choices: &Choices<'_>) -> TokenStream {
    if let Some(file) = choices.file {
        return listed(choices, file);
    }
    let name = format_ident!("{}", choices.name);
    let docs = rust::doc_attributes(&[format!("The argument {}.", code(&choices.argument))]);
    let texts: Vec<&str> = choices.values.iter().map(String::as_str).collect();
    let text_enum = rust::text_enum(
        &name,
        &choices.variants,
        &texts,
        "that is logged",
        &support(),
    );
    quote! {
        #docs
        #text_enum

        ::pings_types::generated::text_enum!(#name);
    }
}

/// Returns a type whose values have no names: code parses them from texts.
fn listed(choices: &Choices<'_>, file: &str) -> TokenStream {
    let name = format_ident!("{}", choices.name);
    let docs = rust::doc_attributes(&[
        format!("The argument {}.", code(&choices.argument)),
        format!("Its values are listed in {}.", code(file)),
    ]);
    let texts: Vec<&str> = choices.values.iter().map(String::as_str).collect();
    let count = texts.len();
    let texts = rust::texts(&texts, &support());
    quote! {
        #docs
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(u16);

        impl #name {
            /// All values, in the order of the file.
            pub const ALL: &'static [Self] = &{
                let mut all = [Self(0); #count];
                let mut place = 0;
                while place < all.len() {
                    all[place] = Self(place as u16);
                    place += 1;
                }
                all
            };
            /// The text of each value.
            pub(crate) const TEXTS: &'static ::pings_types::generated::Texts = &#texts;

            /// Returns the text that is logged.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                Self::TEXTS.text(usize::from(self.0))
            }
        }

        impl ::std::fmt::Debug for #name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Debug::fmt(self.as_str(), f)
            }
        }

        ::pings_types::generated::text_enum!(#name);
    }
}
