//! The index: all pings, with a search and filters.

use std::collections::BTreeSet;

use maud::{Markup, html};
use pings_codegen::{Tree, words};
use pings_model::Ping;

use crate::frame::{Place, page};
use crate::markdown::{described, line, one_line, prose};
use crate::search;
use crate::site::Site;

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    let registry = site.registry;
    let content = html! {
        h1 dir="auto" { (one_line(registry.title())) }
        (prose(registry.summary().unwrap_or_default()))
        (filters(site))
        @if registry.pings().is_empty() {
            p { "The registry has no pings yet." }
        } @else {
            div.wide tabindex="0" role="group" aria-label="Table of pings" { table.pings {
                thead { tr {
                    th { "Ping" } th { "Type" } th { "Window" } th { "Since" } th { "Status" } th { "Owner" }
                } }
                @for pings in registry.pings().chunk_by(|one, next| one.section == next.section) {
                    tbody {
                        @if let Some(section) = section(pings) {
                            tr.section { th colspan="6" scope="rowgroup" dir="auto" { (section) } }
                        }
                        @for ping in pings { (row(site, ping)) }
                    }
                }
            } }
        }
        @if !registry.glossary().is_empty() {
            h2 #terms { "Terms" }
            dl {
                @for definition in registry.glossary() {
                    dt dir="auto" { (one_line(&definition.term)) }
                    dd dir="auto" { (described(Some(&definition.meaning))) }
                }
            }
        }
    };
    tree.insert(
        "index.html",
        page(site, Place::INDEX, registry.title(), &content),
    );
}

fn section(pings: &[Ping]) -> Option<String> {
    let section = one_line(&pings.first()?.section);
    Some(section).filter(|section| !section.is_empty())
}

fn row(site: &Site<'_>, ping: &Ping) -> Markup {
    html! {
        tr data-text=(search::text(site, ping))
            data-type=(one_line(site.registry.terms().name(ping.kind)))
            data-window=(search::windows(ping).join("|"))
            data-owner=(search::owners(ping).join("|"))
            data-sensitivity=(ping.sensitivity)
            data-status=(search::status(ping))
            data-section=(one_line(&ping.section))
            data-life=(search::life(ping)) {
            th scope="row" dir="auto" {
                a href=(Place::INDEX.to(&format!("pings/{}", ping.id))) { (one_line(&ping.title)) }
                @let codes: Vec<&str> = ping.metrics.iter().map(|it| it.code.as_str()).take(SHOWN_CODES).collect();
                div.codes {
                    (one_line(&codes.join(", ")))
                    @if ping.metrics.len() > codes.len() { ", … (" (ping.metrics.len()) " codes)" }
                }
            }
            td { (line(&words::kind(site.registry, ping))) }
            td { (line(&words::aggregation(ping))) }
            td { (ping.added) }
            td.status { (status(ping)) }
            td dir="auto" {
                @for (place, owner) in ping.owners.iter().enumerate() {
                    @if place > 0 { ", " }
                    @if let Some((page, _)) = site.owners.get(owner.as_str()) {
                        a href=(Place::INDEX.to(page)) { (one_line(owner)) }
                    }
                }
            }
        }
    }
}

/// Returns the status, with the broken versions below it.
fn status(ping: &Ping) -> Markup {
    let words = words::short_status(ping);
    let (word, except) = match words.strip_prefix("Working, ") {
        Some(except) => ("Working", except),
        None => (words.as_str(), ""),
    };
    html! {
        span class={ "badge " (search::status(ping)) } { (word) }
        @if !except.is_empty() { span.except { (except) } }
    }
}

/// The most codes in a row. The search finds the others, too.
const SHOWN_CODES: usize = 4;

/// Returns the form of the search. The script shows it, because it needs the script.
fn filters(site: &Site<'_>) -> Markup {
    let pings = site.registry.pings();
    let all = |values: &dyn Fn(&Ping) -> Vec<String>| -> BTreeSet<String> {
        pings
            .iter()
            .flat_map(values)
            .filter(|it| !it.is_empty())
            .collect()
    };
    let selects = [
        (
            "type",
            "Type",
            all(&|it| vec![one_line(site.registry.terms().name(it.kind))]),
        ),
        ("window", "Window", all(&search::windows)),
        (
            "status",
            "Status",
            all(&|it| vec![search::status(it).to_owned()]),
        ),
        ("section", "Section", all(&|it| vec![one_line(&it.section)])),
        ("owner", "Owner", all(&search::owners)),
        (
            "sensitivity",
            "Sensitivity",
            all(&|it| vec![it.sensitivity.to_string()]),
        ),
    ];
    html! {
        form #filter role="search" hidden {
            label.search {
                "Search"
                input type="search" name="q" placeholder="Title, code, event, argument, table, column, owner" autocomplete="off";
            }
            @for (name, label, values) in selects {
                // A filter with one value filters nothing.
                @if values.len() > 1 {
                    label {
                        (label)
                        select name=(name) {
                            option value="" { "Any" }
                            @for value in values { option { (value) } }
                        }
                    }
                }
            }
            label {
                "Sent by version"
                input type="text" name="version" inputmode="decimal" size="8" placeholder=(example_version(site)) autocomplete="off";
            }
            button type="reset" { "Clear" }
            output #found role="status" {}
        }
    }
}

fn example_version(site: &Site<'_>) -> String {
    let newest = site.registry.pings().iter().map(|it| it.added).max();
    newest.map_or_else(|| "1.0".to_owned(), |version| version.to_string())
}
