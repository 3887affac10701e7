//! The pages of owners.

use maud::{Markup, html};
use pings_codegen::{Tree, words};
use pings_model::Ping;

use crate::data;
use crate::frame::{Area, Place, page};
use crate::markdown::one_line;
use crate::search::status;
use crate::site::Site;

const PLACE: Place = Place::below(Area::Owners);

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    if site.owners.is_empty() {
        return;
    }
    for (owner, (path, pings)) in &site.owners {
        let content = html! {
            p.section { a href=(PLACE.to("owners/index")) { "Owners" } }
            h1 dir="auto" { (one_line(owner)) }
            (list(PLACE, pings.iter().copied()))
            p.data { a href=(PLACE.to(path).replace(".html", ".json")) { "This page as JSON" } }
        };
        tree.insert(format!("{path}.html"), page(site, PLACE, owner, &content));
        tree.insert(format!("{path}.json"), data::owner(site, owner, pings));
    }
    let index = html! {
        h1 { "Owners" }
        ul {
            @for (owner, (path, pings)) in &site.owners {
                li { a href=(PLACE.to(path)) dir="auto" { (one_line(owner)) } " (" (pings.len()) ")" }
            }
        }
    };
    tree.insert("owners/index.html", page(site, PLACE, "Owners", &index));
}

/// Returns a list of pings with their status.
pub(crate) fn list<'r>(place: Place, pings: impl Iterator<Item = &'r Ping>) -> Markup {
    html! {
        ul.pings {
            @for ping in pings {
                li {
                    a href=(place.to(&format!("pings/{}", ping.id))) dir="auto" { (one_line(&ping.title)) } " "
                    span class={ "badge " (status(ping)) } { (words::short_status(ping)) }
                }
            }
        }
    }
}
