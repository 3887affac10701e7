//! Counters for events that a recorder could not write immediately.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use super::received::Losses;

/// Counts of events and batches that were not simply written to the database.
///
/// The counts are grouped by the week in which they happened, are stored next to the event log, and
/// are part of each report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Lost events: the queue was full, or neither the database nor the disk accepted the events.
    pub dropped: u64,
    /// Events that were first written to the spill file. These events are also in the event log
    /// once the database answers again.
    pub spilled: u64,
    /// Failed attempts to write a batch, and spill files that could not be read.
    pub write_errors: u64,
    /// Events that the database rejected and would reject again.
    pub rejected: u64,
    /// Events in damaged parts of spill files. The damaged parts are kept in separate files next to
    /// the spill files.
    pub damaged: u64,
    /// Events of clients, such as web pages. Omitted from the JSON of a report if all are 0.
    #[serde(skip_serializing_if = "ClientCounters::are_zero")]
    pub client: ClientCounters,
}

/// Counts of events that clients recorded and that are not in the event log as they were recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClientCounters {
    /// Events that the ingest endpoint refused. An event counts again if the client did not receive
    /// the answer and sends it again.
    pub refused: u64,
    /// Events whose time was corrected, because the clock of the client was wrong by more than a
    /// day.
    pub corrected: u64,
    /// Lost events, as clients report them: too many events waited in a client.
    pub dropped: u64,
    /// Lost events, as clients report them: each request with the event was rejected as a whole.
    pub rejected: u64,
    /// Lost events, as clients report them: the arguments had no JSON form.
    pub invalid: u64,
}

impl ClientCounters {
    fn are_zero(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what a client reports.
    pub(super) fn add(&mut self, losses: Losses) {
        self.dropped += u64::from(losses.dropped);
        self.rejected += u64::from(losses.rejected);
        self.invalid += u64::from(losses.invalid);
    }
}

impl Counters {
    /// Returns the counts with the names under which they are stored, shown and sent. Counts of
    /// clients are left out if they are 0, so that payloads of products without clients are the
    /// same as before these counts existed.
    #[must_use]
    pub fn by_name(&self) -> Vec<(&'static str, u64)> {
        let mut all = *self;
        let fields = all.fields().map(|(name, count)| (name, *count));
        let is_kept = |(name, count): &(&str, u64)| *count > 0 || !name.starts_with("client_");
        fields.into_iter().filter(is_kept).collect()
    }

    /// Sets a count. The name of a counter of a newer version of this program is ignored.
    pub(crate) fn set(&mut self, name: &str, value: u64) {
        for (_, count) in self.fields().into_iter().filter(|(it, _)| *it == name) {
            *count = value;
        }
    }

    /// Returns the difference to earlier counts.
    pub(super) fn since(mut self, mut before: Self) -> Self {
        for ((_, count), (_, before)) in self.fields().into_iter().zip(before.fields()) {
            *count -= *before;
        }
        self
    }

    /// Returns the sum of both counts.
    pub(super) fn plus(mut self, mut other: Self) -> Self {
        for ((_, count), (_, other)) in self.fields().into_iter().zip(other.fields()) {
            *count += *other;
        }
        self
    }

    fn fields(&mut self) -> [(&'static str, &mut u64); 10] {
        let client = &mut self.client;
        [
            ("dropped", &mut self.dropped),
            ("spilled", &mut self.spilled),
            ("write_errors", &mut self.write_errors),
            ("rejected", &mut self.rejected),
            ("damaged", &mut self.damaged),
            ("client_refused", &mut client.refused),
            ("client_corrected", &mut client.corrected),
            ("client_dropped", &mut client.dropped),
            ("client_rejected", &mut client.rejected),
            ("client_invalid", &mut client.invalid),
        ]
    }
}

/// Counters that are shared between threads.
#[derive(Debug, Default)]
pub(super) struct SharedCounters {
    pub(super) dropped: AtomicU64,
    pub(super) spilled: AtomicU64,
    pub(super) write_errors: AtomicU64,
    pub(super) rejected: AtomicU64,
    pub(super) damaged: AtomicU64,
    pub(super) client_refused: AtomicU64,
    pub(super) client_corrected: AtomicU64,
}

impl SharedCounters {
    pub(super) fn add(counter: &AtomicU64, count: usize) {
        counter.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(super) fn now(&self) -> Counters {
        Counters {
            dropped: self.dropped.load(Ordering::Relaxed),
            spilled: self.spilled.load(Ordering::Relaxed),
            write_errors: self.write_errors.load(Ordering::Relaxed),
            rejected: self.rejected.load(Ordering::Relaxed),
            damaged: self.damaged.load(Ordering::Relaxed),
            client: ClientCounters {
                refused: self.client_refused.load(Ordering::Relaxed),
                corrected: self.client_corrected.load(Ordering::Relaxed),
                // Clients report these, and they are counted with the batch of the report.
                ..ClientCounters::default()
            },
        }
    }
}
