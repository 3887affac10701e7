//! Prints batches of events, whatever their source is.

use pings_model::{Event, Registry};
use pings_runtime::Week;
use pings_runtime::follow::{Batch, Followed};
use serde_json::json;

use super::json;
use super::received::Received;
use super::text::Text;
use crate::output;

/// How events are printed.
pub(super) enum Printer {
    /// Lines for a terminal.
    Human(Text),
    /// A JSON object per line.
    Json,
}

impl Printer {
    /// Prints lines for a terminal, with columns wide enough for these events, or for all events
    /// of the registry if there are none.
    pub(super) fn human(registry: &Registry, events: &[&Event]) -> Self {
        Self::Human(Text::new(registry, events))
    }

    /// Prints events and the values that they moved.
    pub(super) fn show(&self, batch: &Batch<'_>, running: Week) {
        if let Some(id) = batch.reset_to {
            match self {
                Self::Human(_) => output::complain(&format!(
                    "note: the newest rows were removed from the event log; following from id {id}"
                )),
                Self::Json => output::say_json_line(&json!({ "kind": "reset", "id": id })),
            }
        }
        for event in &batch.events {
            if !output::has_reader() {
                return;
            }
            match self {
                Self::Human(text) => output::say(&text.event(event)),
                Self::Json => output::say_json_line(&json::event(event)),
            }
        }
        for change in &batch.changes {
            match self {
                Self::Human(text) => output::say(&text.change(change, running)),
                Self::Json => output::say_json_line(&json::change(change, running)),
            }
        }
    }

    /// Prints an event that an endpoint received.
    pub(super) fn received(&self, received: &Received, followed: &Followed<'_>) {
        match self {
            Self::Human(text) => output::say(&text.received(received, followed)),
            Self::Json => output::say_json_line(&json::received(received, followed)),
        }
    }

    /// Prints that events arrived too fast to be shown.
    pub(super) fn skipped(&self, events: u64) {
        match self {
            Self::Human(_) => output::complain(&format!(
                "note: {} arrived too fast to be shown",
                output::counted(events, "event", "events")
            )),
            Self::Json => output::say_json_line(&json!({ "kind": "skipped", "events": events })),
        }
    }

    /// Prints that the source does not answer.
    pub(super) fn failed(&self, error: &str) {
        output::complain(&format!("warning: {error}; trying again"));
        if matches!(self, Self::Json) {
            output::say_json_line(&json!({ "kind": "failed", "error": error }));
        }
    }

    /// Prints that the source answers again.
    pub(super) fn recovered(&self, source: &str) {
        output::complain(&format!("note: {source} answers again"));
        if matches!(self, Self::Json) {
            output::say_json_line(&json!({ "kind": "recovered" }));
        }
    }
}
