//! The pages of releases: what each version adds, breaks, fixes and removes, and how the registry
//! changed.

use maud::{Markup, html};
use pings_codegen::Tree;
use pings_diff::{Change, Class};
use pings_model::Version;

use crate::changes::shown;
use crate::data;
use crate::frame::{Area, Place, page};
use crate::lifecycle::{Event, Kind};
use crate::links::pull_request;
use crate::markdown::one_line;
use crate::options::Released;
use crate::site::Site;

const PLACE: Place = Place::below(Area::Releases);

/// The page of what has not been released yet.
const UNRELEASED: &str = "releases/unreleased";

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    for (version, events) in &site.releases {
        let path = site.release(*version);
        let name = version.to_string();
        let released = site.released(*version);
        tree.insert(
            format!("{path}.html"),
            page(site, PLACE, &name, &content(site, *version, events)),
        );
        let changes = released.and_then(|it| it.changes.as_deref());
        let data = data::release(site, &name, released, events, changes.unwrap_or_default());
        tree.insert(format!("{path}.json"), data);
    }
    if let Some(changes) = unreleased(site) {
        let content = html! {
            p.section { a href=(PLACE.to("releases/index")) { "Releases" } }
            h1 { "Not released yet" }
            p.lead { "What will change with the next release." }
            h2 { "Changes of the registry" }
            (classes(site, changes))
        };
        tree.insert(
            format!("{UNRELEASED}.html"),
            page(site, PLACE, "Not released yet", &content),
        );
    }
    tree.insert(
        "releases/index.html",
        page(site, PLACE, "Releases", &index(site)),
    );
}

/// Returns what changed since the newest release, if anything did.
fn unreleased<'s>(site: &'s Site<'_>) -> Option<&'s [Change]> {
    let changes = site.options.history?.unreleased.as_slice();
    Some(changes).filter(|changes| !changes.is_empty())
}

fn index(site: &Site<'_>) -> Markup {
    let history = site.options.history;
    html! {
        h1 { "Releases" }
        @if history.is_some() {
            p { "The releases of the product, and the other versions that the registry names, newest first." }
        } @else {
            p { "The versions that the registry names, newest first." }
        }
        @if let Some(released) = site.registry.released() { p { "The newest released version is " (released) "." } }
        @if let Some(changes) = unreleased(site) {
            p { a href=(PLACE.to(UNRELEASED)) { "Not released yet" } ": " (changes.len()) @if changes.len() == 1 { " change" } @else { " changes" } " of the registry" }
        }
        div.wide tabindex="0" role="group" aria-label="Table of releases" { table {
            thead { tr {
                th { "Version" }
                @if history.is_some() { th { "Date" } }
                @for (_, label) in Kind::ALL { th.number { (label) } }
                @if history.is_some() { th.number { "Changes" } }
            } }
            tbody {
                @for (version, events) in site.releases.iter().rev() {
                    @let released = site.released(*version);
                    tr {
                        th scope="row" { (link(site, PLACE, Some(*version))) }
                        @if history.is_some() { td { @if let Some(it) = released { (one_line(&it.date)) } } }
                        @for (kind, _) in Kind::ALL {
                            @let count = events.iter().filter(|event| event.kind == kind).count();
                            td.number { @if count > 0 { (count) } }
                        }
                        @if history.is_some() {
                            @let count = released.and_then(|it| it.changes.as_ref()).map_or(0, Vec::len);
                            td.number { @if count > 0 { (count) } }
                        }
                    }
                }
            }
        } }
        @if let Some(history) = history.filter(|it| !it.unread.is_empty()) {
            h2 { "Tags without a readable registry" }
            p { "These releases are left out of the history." }
            dl {
                @for (tag, reason) in &history.unread {
                    dt { code { (one_line(tag)) } }
                    dd dir="auto" { (one_line(reason)) }
                }
            }
        }
    }
}

fn content(site: &Site<'_>, version: Version, events: &[Event<'_>]) -> Markup {
    let released = site.released(version);
    let neighbour = |before: bool| {
        let mut versions = site.releases.keys();
        match before {
            true => versions.rfind(|it| **it < version).copied(),
            false => versions.find(|it| **it > version).copied(),
        }
    };
    html! {
        p.section { a href=(PLACE.to("releases/index")) { "Releases" } }
        h1 { (version) }
        @if let Some(released) = released {
            p.lead { "Released on " (one_line(&released.date)) " as " code { (one_line(&released.tag)) } "." }
        }
        p { a href={ (PLACE.root) "index.html?version=" (version) } { "What " (version) " sends, and what of it can be trusted" } }
        @for (kind, label) in Kind::ALL {
            @if events.iter().any(|event| event.kind == kind) {
                h2 { (label) }
                ul { @for event in events.iter().filter(|event| event.kind == kind) { li { (item(site, event)) } } }
            }
        }
        @if let Some(released) = released { (changes(site, released)) }
        nav.neighbours aria-label="Other releases" {
            @if let Some(before) = neighbour(true) { a href=(PLACE.to(&site.release(before))) rel="prev" { "← " (before) } }
            @if let Some(after) = neighbour(false) { a.next href=(PLACE.to(&site.release(after))) rel="next" { (after) " →" } }
        }
        p.data { a href=(PLACE.to(&site.release(version)).replace(".html", ".json")) { "This page as JSON" } }
    }
}

/// Returns how the registry of a release differs from that of the release before.
fn changes(site: &Site<'_>, released: &Released) -> Markup {
    html! {
        h2 { "Changes of the registry" }
        @match released.changes.as_deref() {
            None => p { "This is the first release with a registry. It has " (released.pings) @if released.pings == 1 { " ping." } @else { " pings." } },
            Some([]) => p { "The registry did not change." },
            Some(changes) => (classes(site, changes)),
        }
    }
}

/// Returns changes by class, the most severe first.
fn classes(site: &Site<'_>, changes: &[Change]) -> Markup {
    html! {
        @for class in Class::ALL {
            @let of_class: Vec<&Change> = changes.iter().filter(|change| change.class() == *class).collect();
            @if !of_class.is_empty() {
                h3 { (meaning(*class)) }
                ul.changes {
                    @for change in of_class {
                        li {
                            (shown(change))
                            @if let Some(id) = change.subject.ping.as_deref().filter(|id| has_page(site, id)) {
                                " " a.more href=(PLACE.to(&format!("pings/{id}"))) { "ping " code { (id) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn has_page(site: &Site<'_>, id: &str) -> bool {
    site.pings.contains(id)
}

fn meaning(class: Class) -> &'static str {
    match class {
        Class::Breaking => "A series ends, or has another meaning",
        Class::Trust => "Other versions are trusted",
        Class::Consent => "Instances send other data",
        Class::Compatible => "Additions",
        Class::Wording => "Texts",
    }
}

fn item(site: &Site<'_>, event: &Event<'_>) -> Markup {
    html! {
        a href=(PLACE.to(&format!("pings/{}", event.ping.id))) dir="auto" { (one_line(&event.ping.title)) }
        @if let Some(code) = event.code { " (" code { (one_line(code)) } ")" }
        @if let Some(broken) = event.broken {
            ": " (broken.versions)
            @if let Some(reason) = &broken.reason { ", " span dir="auto" { (one_line(reason)) } }
            @if let Some(fix) = broken.fix { " (fixed by " (pull_request(site.registry.links(), fix)) ")" }
        }
    }
}

/// Returns a link to the page of a release, or of what has not been released yet.
pub(crate) fn link(site: &Site<'_>, place: Place, version: Option<Version>) -> Markup {
    html! {
        @match version {
            Some(version) => a href=(place.to(&site.release(version))) { (version) },
            None => a href=(place.to(UNRELEASED)) { "Not released yet" },
        }
    }
}
