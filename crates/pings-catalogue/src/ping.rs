//! The page of a ping.

use maud::{Markup, html};
use pings_codegen::{Tree, words};
use pings_model::{EventId, Expiry, Ping};

use crate::data;
use crate::frame::{Area, Place, page};
use crate::life::Versions;
use crate::markdown::{described, line, one_line};
use crate::metric::{metric, pull_request};
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
    html! {
        p.section dir="auto" { (one_line(&ping.section)) }
        h1 dir="auto" { (one_line(&ping.title)) }
        p { span class={ "badge " (status(ping)) } { (words::short_status(ping)) } }
        @for (label, text) in [
            ("Purpose", &ping.purpose),
            ("Implementation", &ping.implementation),
            ("Considerations", &ping.considerations),
        ] {
            @if let Some(text) = text {
                h2 { (label) }
                p dir="auto" { (described(Some(text))) }
            }
        }
        h2 { "Trust by version" }
        p { (words::status(ping)) }
        (timeline(&Versions::of_ping(ping).segments(), "ping", |pr| pull_request(links, pr)))
        h2 { "Facts" }
        (facts(site, ping))
        h2 { @if ping.metrics.len() == 1 { "Code" } @else { "Codes" } }
        @if ping.metrics.len() > 1 {
            ul.contents {
                @for (number, metric) in ping.metrics.iter().enumerate() {
                    li { a href={ "#code-" (number) } { code { (one_line(&metric.code)) } } }
                }
            }
        }
        @for (number, it) in ping.metrics.iter().enumerate() {
            (metric(site, PLACE, ping, it, number))
        }
        (events(site, ping))
        p.data { a href={ (ping.id) ".json" } { "This page as JSON" } }
    }
}

fn facts(site: &Site<'_>, ping: &Ping) -> Markup {
    let links = site.registry.links();
    html! {
        dl {
            dt { "Type" }
            dd { (line(&words::kind(site.registry, ping))) " – " (described(Some(site.registry.terms().meaning(ping.kind)))) }
            dt { "Aggregation" } dd { (line(&words::aggregation(ping))) }
            dt { "Added in" } dd { (release(&ping.added.to_string())) }
            @if let Some(removed) = ping.removed { dt { "Removed in" } dd { (release(&removed.to_string())) } }
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
    }
}

/// Returns a link to the page of a release.
fn release(version: &str) -> Markup {
    html! { a href=(PLACE.to(&format!("releases/{version}"))) { (version) } }
}

/// Returns the events of the ping, with the code that records them.
fn events(site: &Site<'_>, ping: &Ping) -> Markup {
    let mut events: Vec<EventId> = Vec::new();
    for event in ping.metrics.iter().flat_map(events_of) {
        if !events.contains(&event) {
            events.push(event);
        }
    }
    html! {
        @if !events.is_empty() {
            h2 { "Events" }
            @for id in events {
                @let event = site.registry.event(id);
                section.event {
                    h3 { a href=(PLACE.to(&site.event(id))) { code { (one_line(&event.name)) } } }
                    @if let Some(text) = &event.description { p dir="auto" { (described(Some(text))) } }
                    @if let Some((rust, web)) = site.calls.get(id.0) { (calls(rust, web)) }
                }
            }
        }
    }
}

/// Returns the code that records an event.
pub(crate) fn calls(rust: &str, web: &str) -> Markup {
    let rust = format!("pings.record(&{rust}, actor);");
    html! {
        dl.calls {
            dt { "Rust" } dd { pre data-copy { (rust) } }
            dt { "TypeScript" } dd { pre data-copy { (web) } }
        }
    }
}

fn expiry_term(expires: &Expiry) -> &'static str {
    match expires {
        Expiry::Version(_) => "Expires in",
        Expiry::Date(_) => "Expires on",
    }
}
