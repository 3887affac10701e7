//! The pages of releases: what each version adds, breaks, fixes and removes.

use std::collections::BTreeMap;

use maud::{Markup, html};
use pings_codegen::Tree;
use pings_model::{Broken, Ping, Version};

use crate::frame::{Area, Place, page};
use crate::markdown::one_line;
use crate::metric::pull_request;
use crate::site::Site;

const PLACE: Place = Place::below(Area::Releases);

/// Something that a version changes about a ping, or about one of its metrics.
struct Change<'r> {
    kind: Kind,
    ping: &'r Ping,
    code: Option<&'r str>,
    broken: Option<&'r Broken>,
}

/// The kinds of changes, in the order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Added,
    Broken,
    LastBroken,
    Removed,
}

impl Kind {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Added, "Added"),
        (Self::Broken, "Broken from this version"),
        (Self::LastBroken, "Broken up to this version"),
        (Self::Removed, "Removed"),
    ];
}

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    let releases = releases(site);
    for (version, changes) in &releases {
        let name = version.to_string();
        tree.insert(
            format!("releases/{name}.html"),
            page(site, PLACE, &name, &content(site, &name, changes)),
        );
    }
    let index = index(site, &releases);
    tree.insert("releases/index.html", page(site, PLACE, "Releases", &index));
}

fn releases<'r>(site: &Site<'r>) -> BTreeMap<Version, Vec<Change<'r>>> {
    let mut releases: BTreeMap<Version, Vec<Change<'r>>> = BTreeMap::new();
    let mut note = |version: Version, change| releases.entry(version).or_default().push(change);
    for ping in site.registry.pings() {
        let own = (None, Some(ping.added), ping.removed, &ping.broken);
        let of_metrics = ping.metrics.iter().map(|metric| {
            let life = &metric.own_life;
            (
                Some(metric.code.as_str()),
                life.added,
                life.removed,
                &life.broken,
            )
        });
        for (code, added, removed, broken) in std::iter::once(own).chain(of_metrics) {
            let change = |kind, broken| Change {
                kind,
                ping,
                code,
                broken,
            };
            if let Some(added) = added {
                note(added, change(Kind::Added, None));
            }
            if let Some(removed) = removed {
                note(removed, change(Kind::Removed, None));
            }
            for broken in broken {
                note(broken.versions.first(), change(Kind::Broken, Some(broken)));
                if let Some(last) = broken.versions.last() {
                    note(last, change(Kind::LastBroken, Some(broken)));
                }
            }
        }
    }
    releases
}

fn index(site: &Site<'_>, releases: &BTreeMap<Version, Vec<Change<'_>>>) -> Markup {
    html! {
        h1 { "Releases" }
        p { "The versions that the registry names, newest first." }
        @if let Some(released) = site.registry.released() { p { "The newest released version is " (released) "." } }
        div.wide tabindex="0" role="group" aria-label="Table of releases" { table {
            thead { tr { th { "Version" } @for (_, label) in Kind::ALL { th { (label) } } } }
            tbody {
                @for (version, changes) in releases.iter().rev() {
                    tr {
                        th scope="row" { a href=(PLACE.to(&format!("releases/{version}"))) { (version) } }
                        @for (kind, _) in Kind::ALL {
                            @let count = changes.iter().filter(|change| change.kind == kind).count();
                            td { @if count > 0 { (count) } }
                        }
                    }
                }
            }
        } }
    }
}

fn content(site: &Site<'_>, name: &str, changes: &[Change<'_>]) -> Markup {
    html! {
        p.section { "Release" }
        h1 { (name) }
        p { a href={ (PLACE.root) "index.html?version=" (name) } { "What " (name) " sends, and what of it can be trusted" } }
        @for (kind, label) in Kind::ALL {
            @if changes.iter().any(|change| change.kind == kind) {
                h2 { (label) }
                ul { @for change in changes.iter().filter(|change| change.kind == kind) { li { (item(site, change)) } } }
            }
        }
    }
}

fn item(site: &Site<'_>, change: &Change<'_>) -> Markup {
    html! {
        a href=(PLACE.to(&format!("pings/{}", change.ping.id))) dir="auto" { (one_line(&change.ping.title)) }
        @if let Some(code) = change.code { " (" code { (one_line(code)) } ")" }
        @if let Some(broken) = change.broken {
            ": " (broken.versions)
            @if let Some(reason) = &broken.reason { ", " span dir="auto" { (one_line(reason)) } }
            @if let Some(fix) = broken.fix { " (fixed by " (pull_request(site.registry.links(), fix)) ")" }
        }
    }
}
