//! The part of a ping's page about one metric.

use maud::{Markup, html};
use pings_codegen::words;
use pings_model::{Metric, Ping, ValueDomain};
use pings_sql::{Column, Dialect, Role};

use crate::example;
use crate::frame::Place;
use crate::life::Versions;
use crate::links::{pull_request, safe};
use crate::markdown::{described, line, one_line};
use crate::site::{Site, events_of};
use crate::timeline::timeline;

/// The most values of a dimension that are shown at once.
const SHOWN: usize = 30;

pub(crate) fn metric(
    site: &Site<'_>,
    place: Place,
    ping: &Ping,
    metric: &Metric,
    number: usize,
) -> Markup {
    let registry = site.registry;
    let columns = pings_sql::columns(metric);
    let domains = ValueDomain::of(registry, metric);
    let address = registry
        .links()
        .found_at(&metric.code, metric.search.as_deref());
    html! {
        section.metric id={ "code-" (number) } {
            h3 { code { (one_line(&metric.code)) } }
            @if let Some(title) = &metric.title { p dir="auto" { (one_line(title)) } }
            @if let Some(note) = &metric.note { p dir="auto" { (described(Some(note))) } }
            dl {
                dt { "Measures" }
                dd { (line(&words::measured(registry, metric))) }
                @if !metric.windows.is_empty() {
                    dt { "Window" }
                    dd { (words::windows(&metric.windows)) }
                }
                @let events = events_of(metric);
                @if !events.is_empty() {
                    dt { "Events" }
                    dd {
                        @for (place_in_list, event) in events.into_iter().enumerate() {
                            @if place_in_list > 0 { ", " }
                            a href=(place.to(&site.event(event))) { code { (one_line(&registry.event(event).name)) } }
                        }
                    }
                }
                @for (name, domain) in &domains {
                    dt { "By " code { (one_line(name)) } }
                    dd { (values(domain, metric, name)) }
                }
                @if let Some(least) = metric.min_group() {
                    dt { "Small groups" }
                    dd { "Groups of fewer than " (least) " are merged into " code { "@other" } "." }
                }
                @let measures: Vec<&Column> = columns.iter().filter(|it| it.role == Role::Measure).collect();
                @if !measures.is_empty() {
                    dt { "Result" }
                    dd {
                        @for (place_in_list, column) in measures.into_iter().enumerate() {
                            @if place_in_list > 0 { ", " }
                            code { (one_line(&column.name)) } ": " (words::column_type(column))
                        }
                    }
                }
                @if let Some(address) = address {
                    dt { "Code" }
                    dd { a href=(safe(&address)) rel="noreferrer" { "Find it in the source" } }
                }
            }
            @if !metric.own_life.is_empty() {
                h4 { "Trust of this code" }
                @let segments = Versions::of_metric(ping.life(metric)).segments();
                (timeline(&segments, &[], &number.to_string(), |pr| pull_request(registry.links(), pr)))
            }
            details {
                summary { "Example of the report" }
                pre data-copy { (example::report(registry, metric, &columns, &domains)) }
            }
            @for dialect in Dialect::ALL {
                @if let Some(query) = pings_sql::query(registry, ping, metric, dialect) {
                    details {
                        summary { "SQL for " (words::database(dialect)) }
                        pre data-copy { (query.text.trim_end()) }
                    }
                }
            }
        }
    }
}

/// Returns the values that a dimension can have.
fn values(domain: &ValueDomain, metric: &Metric, name: &str) -> Markup {
    let ranges = metric
        .ranges()
        .into_iter()
        .find(|(ranged, _)| *ranged == name);
    if let Some((_, ranges)) = ranges {
        return html! { (ranges.labels().join(", ")) };
    }
    match domain {
        ValueDomain::EventNames => html! { "the names of the events" },
        ValueDomain::Declared(values) if values.is_empty() => {
            html! { "true, false, or a missing value" }
        }
        ValueDomain::Declared(values) => html! {
            @for (place, value) in values.iter().take(SHOWN).enumerate() {
                @if place > 0 { ", " }
                code { (one_line(value)) }
            }
            @if values.len() > SHOWN {
                details {
                    summary { (values.len() - SHOWN) " more" }
                    @for (place, value) in values.iter().skip(SHOWN).enumerate() {
                        @if place > 0 { ", " }
                        code { (one_line(value)) }
                    }
                }
            }
        },
        ValueDomain::Numbers => html! { "numbers" },
        ValueDomain::Booleans => html! { "true or false" },
        ValueDomain::Dates => html! { "dates such as " code { "2026-11-30" } },
        ValueDomain::Versions => html! { "versions such as " code { "5.2.0" } },
        ValueDomain::Free => html! { "any text" },
    }
}
