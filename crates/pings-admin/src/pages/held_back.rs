//! What does not leave, and why.

use maud::{Markup, html};
use pings_model::{Metric, Ping};
use pings_payload::FailureKind;
use pings_runtime::{Entry, Pending, State as Sent, Switch};

use super::overview::answer;
use super::switches::token;
use crate::link;
use crate::state::Logged;
use crate::text::{at_text, plain};
use crate::value::reason;
use crate::view::{Both, View};
use crate::weeks::Numbers;

pub(crate) fn held_back(view: &View, both: Option<&Both>) -> Markup {
    html! {
        h1 { "Held back" }
        @match (view.logged(), both) {
            (Some(logged), Some(both)) => {
                (parked(logged, view))
                (pending(logged, view))
                (metrics(both))
                (switched_off(view))
                (withheld(logged, view))
            },
            _ => (switched_off(view)),
        }
    }
}

/// Reports that the store refused.
fn parked(logged: &Logged, view: &View) -> Markup {
    let parked = logged.with_state(Sent::Parked, view.state.now);
    html! {
        h2 { "Reports that the store refused" }
        @if parked.is_empty() {
            p { "None." }
        } @else {
            p {
                "They are kept, and sent again once the address or the token of the store changes, or by "
                code { "pings send --parked" } "."
            }
            (entries(&parked, "Reports that the store refused"))
        }
    }
}

/// Reports of weeks that sending does not cover.
fn withheld(logged: &Logged, view: &View) -> Markup {
    let withheld = logged.with_state(Sent::Withheld, view.state.now);
    html! {
        @if !withheld.is_empty() {
            h2 { "Reports that never leave" }
            p { "Sending was not switched on when these weeks began." }
            (entries(&withheld, "Reports that never leave"))
        }
    }
}

fn entries(entries: &[&Entry], label: &str) -> Markup {
    html! {
        div.wide tabindex="0" role="group" aria-label=(label) { table.steady {
            thead { tr { th { "Week" } th { "Revision" } th { "Assembled" } th { "Last attempt" } th { "Answer of the store" } } }
            tbody { @for entry in entries { tr {
                th scope="row" { (link::payload(entry.week, entry.revision)) }
                td { (entry.revision) }
                td { (at_text(&entry.made_at)) }
                td { @match &entry.tried_at { Some(at) => (at_text(at)), None => "never" } }
                td dir="auto" { (answer(entry)) }
            } } }
        } }
    }
}

/// Metrics that a release added, which wait until somebody agrees.
fn pending(logged: &Logged, view: &View) -> Markup {
    let pending = logged.agreement.pending(&view.host.registry);
    html! {
        h2 { "Metrics that nobody agreed to yet" }
        @if pending.is_empty() {
            p { "None." }
        } @else {
            p { "A release added them. Reports have no value of them until somebody agrees, and then from the next week on." }
            div.wide tabindex="0" role="group" aria-label="Metrics that nobody agreed to yet" { table.steady {
                thead { tr { th { "Metric" } th { "What is new" } @if view.form_token.is_some() { th { "Agree" } } } }
                tbody { @for it in &pending { (pending_row(it, view)) } }
            } }
            @if view.form_token.is_none() {
                p { "To agree: " code { "pings consent agree CODE" } }
            }
        }
    }
}

fn pending_row(pending: &Pending, view: &View) -> Markup {
    let registry = &view.host.registry;
    let title = registry.metric(&pending.code).map(title);
    let title = title.filter(|it| *it != pending.code);
    html! {
        tr {
            th scope="row" {
                code { (plain(&pending.code)) }
                @if let Some(title) = title { div dir="auto" { (title) } }
            }
            td dir="auto" {
                @match &pending.gained {
                    Some(gained) => { "more than was agreed to: " (plain(&gained.join(", "))) },
                    None => "the metric",
                }
            }
            @if view.form_token.is_some() {
                td {
                    form method="post" action="agree" {
                        (token(view))
                        input type="hidden" name="code" value=(pending.code);
                        button type="submit" { "Agree" span.hidden { " to " (pending.code) } }
                    }
                }
            }
        }
    }
}

/// Metrics without a value in the last or the running week, because the value must not leave.
fn metrics(both: &Both) -> Markup {
    let mut held: Vec<(&str, String, &'static str)> = Vec::new();
    for (name, numbers) in [("last week", &both.last), ("this week", &both.this)] {
        let Numbers::Counted(counted) = numbers else {
            continue;
        };
        for (code, measured) in counted.payload.all_metrics().flatten() {
            let Err(failure) = &measured.outcome else {
                continue;
            };
            let is_held = matches!(
                failure.kind,
                FailureKind::Withheld
                    | FailureKind::Undeclared
                    | FailureKind::NotAgreed
                    | FailureKind::Withdrawn
            );
            if is_held {
                let because = match failure.message.is_empty() {
                    true => String::new(),
                    false => plain(&failure.message),
                };
                held.push((code, format!("{name}: {because}"), reason(failure.kind)));
            }
        }
    }
    held.sort();
    held.dedup();
    html! {
        h2 { "Metrics without a value in the report" }
        @if held.is_empty() {
            p { "None." }
        } @else {
            div.wide tabindex="0" role="group" aria-label="Metrics without a value in the report" { table.steady {
                thead { tr { th { "Metric" } th { "Reason" } th { "Details" } } }
                tbody { @for (code, because, reason) in &held { tr {
                    th scope="row" { code { (plain(code)) } }
                    td { (reason) }
                    td dir="auto" { (because) }
                } } }
            } }
        }
    }
}

/// Pings whose sensitivity is switched off.
fn switched_off(view: &View) -> Markup {
    let consent = view.state.settings.consent;
    let pings = view.host.registry.pings().iter();
    let off: Vec<&Ping> = pings
        .filter(|ping| ping.removed.is_none() && !consent.covers(ping.sensitivity))
        .collect();
    html! {
        h2 { "What is switched off" }
        @if off.is_empty() {
            p { "No ping is switched off." }
        } @else {
            div.wide tabindex="0" role="group" aria-label="What is switched off" { table.steady {
                thead { tr { th { "Ping" } th { "Codes" } th { "Switch" } } }
                tbody { @for ping in off { tr {
                    th scope="row" dir="auto" { (plain(&ping.title)) }
                    td { code { (plain(&codes(ping))) } }
                    td { code { (Switch::of(ping.sensitivity)) } }
                } } }
            } }
        }
    }
}

fn codes(ping: &Ping) -> String {
    let codes: Vec<&str> = ping.metrics.iter().map(|it| it.code.as_str()).collect();
    codes.join(", ")
}

fn title((ping, metric): (&Ping, &Metric)) -> String {
    plain(metric.title.as_deref().unwrap_or(&ping.title))
}
