//! The pages of events.

use maud::{Markup, html};
use pings_codegen::{Tree, words};
use pings_model::{Argument, ArgumentType, Event, EventId, Version};

use crate::calls::calls;
use crate::changes::by_release;
use crate::data;
use crate::fired;
use crate::frame::{Area, Place, page};
use crate::links::safe;
use crate::markdown::{described, line, one_line};
use crate::releases;
use crate::site::{Site, Use};

const PLACE: Place = Place::below(Area::Events);

pub(crate) fn pages(site: &Site<'_>, tree: &mut Tree) {
    let events = site.registry.events();
    if events.is_empty() {
        return;
    }
    for (number, event) in events.iter().enumerate() {
        let id = EventId(number);
        let path = site.event(id);
        let content = content(site, id, event);
        tree.insert(
            format!("{path}.html"),
            page(site, PLACE, &event.name, &content),
        );
        tree.insert(format!("{path}.json"), data::event(site, id, event));
    }
    tree.insert(
        "events/index.html",
        page(site, PLACE, "Events", &index(site)),
    );
}

fn index(site: &Site<'_>) -> Markup {
    html! {
        h1 { "Events" }
        div.wide tabindex="0" role="group" aria-label="Table of events" { table {
            thead { tr { th { "Event" } th { "Meaning" } th { "Counted by" } } }
            tbody {
                @for (number, event) in site.registry.events().iter().enumerate() {
                    @let id = EventId(number);
                    tr {
                        th scope="row" { a href=(PLACE.to(&site.event(id))) { code { (one_line(&event.name)) } } }
                        td dir="auto" { (described(event.description.as_deref())) }
                        td { (metrics(PLACE, site.counted(id))) }
                    }
                }
            }
        } }
    }
}

fn content(site: &Site<'_>, id: EventId, event: &Event) -> Markup {
    let address = site
        .registry
        .links()
        .found_at(&event.name, event.search.as_deref());
    let uses = site.counted(id);
    html! {
        p.section { a href=(PLACE.to("events/index")) { "Events" } }
        h1 { code { (one_line(&event.name)) } }
        @if let Some(text) = &event.description { p dir="auto" { (described(Some(text))) } }
        @if !event.renamed_from.is_empty() {
            p { "Older versions of the product call it " code { (one_line(&event.renamed_from.join(", "))) } "." }
        }
        @if let Some(address) = address { p { a href=(safe(&address)) rel="noreferrer" { "Find it in the source" } } }
        @if !event.args.is_empty() {
            h2 { "Arguments" }
            div.wide tabindex="0" role="group" aria-label="Table of arguments" { table {
                thead { tr { th { "Argument" } th { "Type" } th { "Meaning" } } }
                tbody { @for argument in &event.args { (row(argument, "")) } }
            } }
        }
        h2 { "Record it" }
        @if let Some((rust, web)) = site.calls.get(id.0) { (calls(rust, web)) }
        @if let Some(sites) = site.options.call_sites {
            h2 { "Fired in" }
            (fired::list(sites, id))
            (releases_fired(&fired::by_release(sites, &[id])))
        }
        h2 { "Counted by" }
        @if uses.is_empty() { p { "No metric counts the event." } }
        @if !uses.is_empty() {
            ul { @for it in uses {
                li {
                    (link(PLACE, it)) " " span dir="auto" { (one_line(&it.ping.title)) } ". "
                    (words::metric_status(it.ping.life(it.metric)))
                }
            } }
        }
        @let changes = site.changes.of_event(&event.name);
        @if !changes.is_empty() {
            h2 { "Changes by release" }
            (by_release(&changes, |version| releases::link(site, PLACE, version)))
        }
        p.data { a href={ (PLACE.to(&site.event(id)).replace(".html", ".json")) } { "This page as JSON" } }
    }
}

/// Returns the releases that fire the event, as a sentence.
fn releases_fired(fired: &[(Version, fired::Fired)]) -> Markup {
    html! {
        @if !fired.is_empty() {
            p.note {
                "In releases: "
                @for (place, (version, state)) in fired.iter().enumerate() {
                    @if place > 0 { ", " }
                    (state.words()) " from " (version)
                }
                "."
            }
        }
    }
}

/// Returns the row of an argument, and the rows of the members of an object.
fn row(argument: &Argument, within: &str) -> Markup {
    let name = format!("{within}{}", argument.name);
    html! {
        tr {
            th scope="row" {
                code { (one_line(&name)) }
                @if argument.optional { " (optional)" }
            }
            td {
                @if let ArgumentType::Object(_) = argument.ty { "object" } @else { (line(&words::argument_type(argument))) }
            }
            td dir="auto" { (described(argument.description.as_deref())) }
        }
        @if let ArgumentType::Object(members) = &argument.ty {
            @for member in members { (row(member, &format!("{name}."))) }
        }
    }
}

/// Returns links to metrics.
pub(crate) fn metrics(place: Place, uses: &[Use<'_>]) -> Markup {
    html! {
        @for (number, it) in uses.iter().enumerate() {
            @if number > 0 { ", " }
            (link(place, it))
        }
    }
}

/// Returns a link to the page of a metric's ping.
fn link(place: Place, it: &Use<'_>) -> Markup {
    html! { a href=(place.to(&format!("pings/{}", it.ping.id))) { code { (one_line(&it.metric.code)) } } }
}
