//! The pages, with a file for each.

pub(crate) mod alarms;
pub(crate) mod choice;
pub(crate) mod doctor;
pub(crate) mod impact;
pub(crate) mod instances;
pub(crate) mod overview;
pub(crate) mod received;
pub(crate) mod series;
pub(crate) mod usage;
pub(crate) mod versions;

use maud::{Markup, html};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use pings_model::Registry;
use pings_store::LeftOut;

use crate::asked::Asked;
use crate::text::plain;

/// The characters of a part of an address that are written as they are.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.');

/// Returns a text as a part of an address.
pub(crate) fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// Returns the address of the page of a code.
pub(crate) fn series_address(registry: &str, code: &str) -> String {
    format!("/series/{}/{}", part(registry), part(code))
}

/// Returns the address of what the page of a code shows.
pub(crate) fn code_address(registry: &str, code: &str, asked: &Asked) -> String {
    let address = series_address(registry, code);
    let given = asked.given();
    let mut query = given
        .iter()
        .map(|(name, value)| format!("{name}={}", part(value)));
    match query.next() {
        Some(first) => query.fold(format!("{address}?{first}"), |all, it| {
            format!("{all}&{it}")
        }),
        None => address,
    }
}

/// Returns the links to the answer as CSV and JSON, and the command that prints it.
pub(crate) fn formats(address: &str, command: &str) -> Markup {
    let more = if address.contains('?') { '&' } else { '?' };
    html! {
        p.formats {
            a href={ (address) (more) "format=csv" } { "CSV" } " "
            a href={ (address) (more) "format=json" } { "JSON" } " "
            code { (plain(command)) }
        }
    }
}

/// Returns the choice of a registry, if the server has several.
pub(crate) fn registries(
    all: &[std::sync::Arc<Registry>],
    chosen: &Registry,
    address: &str,
) -> Markup {
    html! {
        @if all.len() > 1 {
            nav.registries aria-label="Registries" {
                @for it in all {
                    @let is_chosen = it.name() == chosen.name();
                    a href={ (address) "?registry=" (part(it.name())) } aria-current=[is_chosen.then_some("page")] dir="auto" {
                        (plain(it.title()))
                    }
                }
            }
        }
    }
}

/// Returns the note that some instances are left out of the numbers, if there are any.
pub(crate) fn left_out_note(left_out: &LeftOut) -> Markup {
    html! { @if let Some(note) = left_out.text() { p.dim { (plain(&note)) } } }
}
