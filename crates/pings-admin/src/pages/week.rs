//! The numbers of a week.

use std::collections::BTreeSet;

use maud::{Markup, html};
use pings_model::{Metric, Ping, Trust, Version};
use pings_payload::{Measured, Payload, Week};

use crate::link::safe;
use crate::text::{at, plain, week as days, window};
use crate::value::value;
use crate::view::View;
use crate::weeks::{Counted, Numbers};

/// Returns the page of the running week or of the last complete week.
pub(crate) fn week(view: &View, week: Week, numbers: Option<&Numbers>) -> Markup {
    let is_over = week.is_complete(view.state.now);
    html! {
        h1 { @if is_over { "Last week" } @else { "This week" } }
        p.lead { (days(week)) @if !is_over { ", not over yet" } }
        @match numbers {
            None => p { "No numbers: gathering is switched off, and there is no event log." },
            Some(Numbers::Uncovered(reason)) => p { "No numbers. " (plain(reason)) },
            Some(Numbers::Counted(counted)) => (metrics(view, counted)),
        }
    }
}

fn metrics(view: &View, counted: &Counted) -> Markup {
    let payload = &counted.payload;
    let registry = &view.host.registry;
    let pings = registry.pings().iter();
    let pings: Vec<(&Ping, Vec<Code<'_>>)> = pings
        .map(|ping| (ping, codes(ping, payload)))
        .filter(|(_, codes)| !codes.is_empty())
        .collect();
    html! {
        p {
            "The numbers as a report would have them, counted " (at(counted.at)) ". "
            "What is switched off or not agreed to is on the page "
            a href="held-back" { "Held back" } "."
        }
        @if !payload.is_running {
            p { "The product was not seen running in this week, so no events were counted." }
        }
        @if !payload.versions.is_empty() {
            p {
                "Versions that ran: "
                @for (place, version) in payload.versions.keys().enumerate() {
                    @if place > 0 { ", " }
                    (version)
                }
            }
        }
        @if pings.is_empty() {
            p { "No metric has a value in this week." }
        }
        @for section in pings.chunk_by(|(one, _), (next, _)| one.section == next.section) {
            @let name = plain(section.first().map_or("", |(ping, _)| &ping.section));
            @if !name.is_empty() { h2 dir="auto" { (name) } }
            table.numbers {
                thead { tr { th { "Metric" } th { "Value" } } }
                @for (ping, codes) in section {
                    tbody {
                        tr.section { th colspan="2" scope="rowgroup" { (heading(view, ping)) } }
                        @for code in codes { (row(view, ping, code, payload)) }
                    }
                }
            }
        }
    }
}

/// A metric with its values in the week and in its other windows.
struct Code<'a> {
    metric: &'a Metric,
    week: Option<&'a Measured>,
    windows: Vec<(String, &'a Measured)>,
}

fn codes<'a>(ping: &'a Ping, payload: &'a Payload) -> Vec<Code<'a>> {
    let codes = ping.metrics.iter().map(|metric| Code {
        metric,
        week: payload.metrics.get(&metric.code),
        windows: payload
            .windows
            .iter()
            .filter_map(|it| Some((window(&it.span), it.metrics.get(&metric.code)?)))
            .collect(),
    });
    codes
        .filter(|it| it.week.is_some() || !it.windows.is_empty())
        .collect()
}

fn heading(view: &View, ping: &Ping) -> Markup {
    let links = view.host.registry.links();
    html! {
        span dir="auto" { (plain(&ping.title)) }
        details {
            summary { "About" span.hidden { " " (plain(&ping.title)) } }
            @if let Some(purpose) = &ping.purpose { p dir="auto" { (plain(purpose)) } }
            dl {
                dt { "Ping" } dd { code { (ping.id) } }
                dt { "Sensitivity" } dd { (ping.sensitivity) }
                dt { "Since" } dd { (ping.added) }
                @if !ping.prs.is_empty() {
                    dt { "Added by" }
                    dd {
                        @for (place, number) in ping.prs.iter().enumerate() {
                            @if place > 0 { ", " }
                            @match links.pr(*number).as_deref().and_then(safe) {
                                Some(address) => a href=(address) rel="noreferrer" { "#" (number) },
                                None => { "#" (number) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(view: &View, ping: &Ping, code: &Code<'_>, payload: &Payload) -> Markup {
    let metric = code.metric;
    let links = view.host.registry.links();
    let address = links.found_at(&metric.code, metric.search.as_deref());
    html! {
        tr {
            th scope="row" {
                @if let Some(title) = &metric.title { div dir="auto" { (plain(title)) } }
                code {
                    @match address.as_deref().and_then(safe) {
                        Some(address) => a href=(address) rel="noreferrer" { (plain(&metric.code)) },
                        None => (plain(&metric.code)),
                    }
                }
                @for doubt in doubts(ping, metric, payload) { div.doubt dir="auto" { (doubt) } }
            }
            td {
                @if let Some(measured) = code.week { (value(measured)) }
                @for (window, measured) in &code.windows {
                    div.window { span.note { (window) } (value(measured)) }
                }
            }
        }
    }
}

/// Returns why numbers of a metric are not trusted, by the versions that ran.
fn doubts(ping: &Ping, metric: &Metric, payload: &Payload) -> BTreeSet<String> {
    let doubt = |version: &Version| match ping.life(metric).trust(*version) {
        Trust::Broken(broken) => {
            let reason = broken.reason.as_deref().unwrap_or("no reason given");
            Some(plain(&format!(
                "not trusted, broken in {}: {reason}",
                broken.versions
            )))
        }
        _ => None,
    };
    payload.versions.keys().filter_map(doubt).collect()
}
