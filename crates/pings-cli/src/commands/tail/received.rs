//! The events of a running endpoint, as it sends them.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// A line of the endpoint.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Line {
    Event(Received),
    /// Lines that arrived too fast for this program.
    Skipped {
        skipped: u64,
    },
}

/// An event that the endpoint received.
#[derive(Deserialize)]
pub(super) struct Received {
    /// `logged`, `spilled`, `duplicate` or `refused`.
    pub(super) outcome: String,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    pub(super) actor: String,
    pub(super) source: String,
    pub(super) event: Map<String, Json>,
}
