//! Links between the pages, which are all in one folder.

use maud::{Markup, html};
use pings_payload::Week;

/// Returns a link to a payload.
pub(crate) fn payload(week: Week, revision: u32) -> Markup {
    html! { a href={ "payload?week=" (week) "&revision=" (revision) } { (week) } }
}

/// Returns an address of the registry, unless it could run a script.
pub(crate) fn safe(address: &str) -> Option<&str> {
    let is_web = ["https://", "http://"]
        .iter()
        .any(|it| address.starts_with(it));
    is_web.then_some(address)
}
