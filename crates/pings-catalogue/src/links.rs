//! Links that leave the site.

use maud::{Markup, html};
use pings_model::Links;

/// Returns an address of a template, unless it could run a script.
pub(crate) fn safe(address: &str) -> &str {
    match ["https://", "http://"]
        .iter()
        .any(|it| address.starts_with(it))
    {
        true => address,
        false => "#",
    }
}

/// Returns a link to a pull request, or its number without a link.
pub(crate) fn pull_request(links: &Links, number: u64) -> Markup {
    html! {
        @match links.pr(number) {
            Some(address) => a href=(safe(&address)) rel="noreferrer" { "#" (number) },
            None => { "#" (number) },
        }
    }
}
