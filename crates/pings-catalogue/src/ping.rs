//! The page of a ping.

use maud::{Markup, html};
use pings_codegen::{Tree, words};
use pings_model::{EventId, Expiry, Ping, Version};

use crate::calls::calls;
use crate::changes::by_release;
use crate::data;
use crate::fired;
use crate::frame::{Area, Place, page};
use crate::life::Versions;
use crate::links::pull_request;
use crate::markdown::{described, line, one_line};
use crate::metric::metric;
use crate::releases::link;
use crate::search::status;
use crate::site::{Site, events_of};
use crate::timeline::timeline;

const PLACE: Place = Place::below(Area::Pings);

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    for ping in site.registry.pings() {
        let title = one_line(&ping.title);
        let path = format!("pings/{}", ping.id);
        tree.insert(
            format!("{path}.html"),
            page(site, PLACE, &title, &content(site, ping)),
        );
        tree.insert(format!("{path}.json"), data::ping(site, ping));
    }
}

fn content(site: &Site<'_>, ping: &Ping) -> Markup {
    let links = site.registry.links();
    let events = events(ping);
    let of_releases = match site.options.call_sites {
        Some(sites) => fired::by_release(sites, &events),
        None => Vec::new(),
    };
    let names = events.iter().map(|id| &*site.registry.event(*id).name);
    let changes = site.changes.of_ping(&ping.id, names);
    html! {
        p.section {
            a href=(PLACE.to("index")) { "Pings" }
            @let section = one_line(&ping.section);
            @if !section.is_empty() { " / " span dir="auto" { (section) } }
        }
        h1 dir="auto" { (one_line(&ping.title)) }
        @if let Some(purpose) = &ping.purpose { p.lead dir="auto" { (described(Some(purpose))) } }
        p { span class={ "badge " (status(ping)) } { (words::short_status(ping)) } }
        div.beside {
            div.facts { (facts(site, ping, !changes.is_empty())) }
            div.body {
                h2 #trust { "Trust by version" }
                p { (words::status(ping)) }
                (timeline(&Versions::of_ping(ping).segments(), &of_releases, "ping", |pr| pull_request(links, pr)))
                @for (label, text) in [
                    ("Implementation", &ping.implementation),
                    ("Considerations", &ping.considerations),
                ] {
                    @if let Some(text) = text {
                        h2 { (label) }
                        p dir="auto" { (described(Some(text))) }
                    }
                }
                h2 #codes { @if ping.metrics.len() == 1 { "Code" } @else { "Codes" } }
                @for (number, it) in ping.metrics.iter().enumerate() {
                    (metric(site, PLACE, ping, it, number))
                }
                @if !events.is_empty() {
                    h2 #events { "Events" }
                    @for id in &events { (event(site, *id)) }
                }
                @if !changes.is_empty() {
                    h2 #changes { "Changes by release" }
                    (by_release(&changes, |version| link(site, PLACE, version)))
                }
            }
        }
        p.data { a href={ (ping.id) ".json" } { "This page as JSON" } }
    }
}

fn facts(site: &Site<'_>, ping: &Ping, has_changes: bool) -> Markup {
    let links = site.registry.links();
    html! {
        h2.hidden { "Facts" }
        dl {
            dt { "Type" }
            dd {
                (line(&words::kind(site.registry, ping)))
                details { summary { "What this means" } (described(Some(site.registry.terms().meaning(ping.kind)))) }
            }
            dt { "Aggregation" } dd { (line(&words::aggregation(ping))) }
            dt { "Added in" } dd { (version(site, ping.added)) }
            @if let Some(removed) = ping.removed { dt { "Removed in" } dd { (version(site, removed)) } }
            @if !ping.prs.is_empty() {
                dt { "Pull requests" }
                dd { @for (place, pr) in ping.prs.iter().enumerate() { @if place > 0 { ", " } (pull_request(links, *pr)) } }
            }
            @if !ping.owners.is_empty() {
                dt { "Owner" }
                dd dir="auto" {
                    @for (place, owner) in ping.owners.iter().enumerate() {
                        @if place > 0 { ", " }
                        @if let Some((page, _)) = site.owners.get(owner.as_str()) {
                            a href=(PLACE.to(page)) { (one_line(owner)) }
                        }
                    }
                }
            }
            dt { "Sensitivity" } dd { (line(words::sensitivity(ping.sensitivity))) }
            @if !ping.tags.is_empty() { dt { "Tags" } dd dir="auto" { (one_line(&ping.tags.join(", "))) } }
            @if let Some(review) = &ping.review { dt { "Review by" } dd { (one_line(review)) } }
            @if let Some(expires) = &ping.expires { dt { (expiry_term(expires)) } dd { (expires) } }
        }
        nav.contents aria-label="On this page" {
            a href="#trust" { "Trust by version" }
            @for (number, metric) in ping.metrics.iter().enumerate() {
                a href={ "#code-" (number) } { code { (one_line(&metric.code)) } }
            }
            @if ping.metrics.iter().any(|it| !events_of(it).is_empty()) { a href="#events" { "Events" } }
            @if has_changes { a href="#changes" { "Changes by release" } }
        }
    }
}

/// Returns a link to the page of a version, with the date of its release.
fn version(site: &Site<'_>, version: Version) -> Markup {
    html! {
        (link(site, PLACE, Some(version)))
        @if let Some(date) = site.date(version) { " " span.date { (one_line(date)) } }
    }
}

/// Returns the events of a ping without duplicates, in the order of its metrics.
fn events(ping: &Ping) -> Vec<EventId> {
    let mut events: Vec<EventId> = Vec::new();
    for event in ping.metrics.iter().flat_map(events_of) {
        if !events.contains(&event) {
            events.push(event);
        }
    }
    events
}

/// Returns an event with the code that records it, and the places that do.
fn event(site: &Site<'_>, id: EventId) -> Markup {
    let event = site.registry.event(id);
    html! {
        section.event {
            h3 { a href=(PLACE.to(&site.event(id))) { code { (one_line(&event.name)) } } }
            @if let Some(text) = &event.description { p dir="auto" { (described(Some(text))) } }
            @if let Some((rust, web)) = site.calls.get(id.0) { (calls(rust, web)) }
            @if let Some(sites) = site.options.call_sites {
                h4 { "Fired in" }
                (fired::list(sites, id))
            }
        }
    }
}

fn expiry_term(expires: &Expiry) -> &'static str {
    match expires {
        Expiry::Version(_) => "Expires in",
        Expiry::Date(_) => "Expires on",
    }
}
