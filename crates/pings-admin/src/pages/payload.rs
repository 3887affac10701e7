//! A payload as it was sent, or as it waits.

use maud::{Markup, html};
use pings_runtime::{Entry, State as Sent};

use super::overview::size;
use crate::indent::indented;
use crate::text::{at_text, counted, week};
use crate::view::View;

/// Returns the page of a payload. The body is `None` if it must not be shown.
pub(crate) fn payload(view: &View, entry: &Entry, body: Option<&str>) -> Markup {
    let is_over = entry.is_over(view.state.now);
    html! {
        h1 { "Report of " (entry.week) ", revision " (entry.revision) }
        p { (week(entry.week)) }
        dl {
            dt { "State" }
            dd { (state(entry.state, is_over)) }
            dt { "Assembled" }
            dd { (at_text(&entry.made_at)) }
            @if let Some(at) = &entry.tried_at {
                dt { "Last attempt" }
                dd { (at_text(at)) ", " (counted(entry.attempts, "attempt", "attempts")) }
            }
            @if entry.state == Sent::Waiting && is_over {
                dt { "Next attempt" }
                dd { (at_text(&entry.due_at)) }
            }
        }
        @if entry.status.is_some() || entry.answer.is_some() {
            h2 { "Answer of the store" }
            @if let Some(status) = entry.status { p { "HTTP status " (status) } }
            @if let Some(answer) = entry.answer.as_deref().filter(|it| !it.is_empty()) {
                pre tabindex="0" dir="auto" { (answer) }
            }
        }
        h2 { "Content" }
        @match body {
            Some(body) => {
                p {
                    (size(entry)) ", shown with line breaks. "
                    a href={ "payload.json?week=" (entry.week) "&revision=" (entry.revision) } { "The exact bytes" }
                }
                pre tabindex="0" dir="auto" { (indented(body)) }
            },
            None => p { "The report was replaced before a store had it, so its numbers are not shown." },
        }
    }
}

fn state(state: Sent, is_over: bool) -> &'static str {
    match state {
        Sent::Waiting if !is_over => "the week is not over, so the report is assembled again",
        Sent::Waiting => "waits to be sent",
        Sent::Sent => "sent; the store has it",
        Sent::Parked => "parked; the store refused it",
        Sent::Replaced => "replaced by a newer revision",
        Sent::Withheld => {
            "withheld; sending was not agreed to when the week began, so it never leaves"
        }
    }
}
