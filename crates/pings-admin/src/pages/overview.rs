//! The first page: when the next report leaves, and what waits.

use maud::{Markup, html};
use pings_runtime::{Entry, State as Sent};

use crate::leaving::Leaving;
use crate::link;
use crate::state::Logged;
use crate::text::{at, at_text, counted, grouped, plain};
use crate::view::View;

pub(crate) fn overview(view: &View) -> Markup {
    let state = &view.state;
    html! {
        h1 dir="auto" { "Usage telemetry of " bdi { (plain(view.host.registry.title())) } }
        p.lead { (sentence(&Leaving::of(state))) }
        p {
            "These pages show what this instance counts, what leaves it, and what left it. "
            "They show no number that a report would not have."
        }
        @if let Some(logged) = view.logged() {
            (waiting(logged, view))
            (held_back(logged, view))
            h2 { "This instance" }
            dl {
                dt { "Id" }
                dd { code { (logged.instance.id) } ", a random number that is in each report" }
                @if let Some(version) = view.host.version { dt { "Version" } dd { (version) } }
                dt { "Store" }
                dd { @match &state.store { Some(store) => code { (plain(store)) }, None => "none" } }
                dt { "Last report" }
                dd {
                    @match &logged.status.last_sent {
                        Some(sent) => { "of " (sent.week) ", sent " (at_text(&sent.at)) },
                        None => "nothing was sent",
                    }
                }
            }
        }
    }
}

fn sentence(leaving: &Leaving) -> Markup {
    html! {
        @match leaving {
            Leaving::Nothing(reason) => { "Nothing leaves this instance: " (plain(reason)) "." },
            Leaving::Next { week, at: time, store } => {
                "The next report, of " (week) ", leaves about " strong { (at(*time)) } " to " code { (plain(store)) } "."
            },
        }
    }
}

/// The reports that wait for another attempt.
fn waiting(logged: &Logged, view: &View) -> Markup {
    let waiting = logged.with_state(Sent::Waiting, view.state.now);
    html! {
        @if !waiting.is_empty() {
            h2 { "Waiting to be sent" }
            div.wide tabindex="0" role="group" aria-label="Reports that wait" { table.steady {
                thead { tr { th { "Week" } th { "Revision" } th { "Attempts" } th { "Next attempt" } th { "Last answer" } } }
                tbody { @for entry in waiting { tr {
                    th scope="row" { (link::payload(entry.week, entry.revision)) }
                    td { (entry.revision) }
                    td { (entry.attempts) }
                    td { (at_text(&entry.due_at)) }
                    td dir="auto" { (answer(entry)) }
                } } }
            } }
        }
    }
}

fn held_back(logged: &Logged, view: &View) -> Markup {
    let parked = logged.with_state(Sent::Parked, view.state.now).len() as u64;
    let pending = logged.agreement.pending(&view.host.registry).len() as u64;
    html! {
        @if parked + pending > 0 {
            h2 { "Held back" }
            ul {
                @if parked > 0 {
                    li { (counted(parked, "report", "reports")) " that the store refused" }
                }
                @if pending > 0 {
                    li { (counted(pending, "new metric", "new metrics")) " that nobody agreed to yet" }
                }
            }
            p { a href="held-back" { "Show what is held back" } }
        }
    }
}

/// Returns the beginning of the store's answer.
pub(super) fn answer(entry: &Entry) -> Markup {
    let text = plain(entry.answer.as_deref().unwrap_or_default());
    let mut short: String = text.chars().take(SHORT).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    html! {
        @if let Some(status) = entry.status { (status) " " }
        (short)
        @if entry.status.is_none() && text.is_empty() { "–" }
    }
}

/// The most characters of an answer in a table.
const SHORT: usize = 120;

/// Returns the size of a payload.
pub(super) fn size(entry: &Entry) -> String {
    format!("{} bytes", grouped(&entry.body.len().to_string()))
}
