//! Counters for events that a recorder could not write immediately.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

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
}

impl Counters {
    /// Returns the counts with the names under which they are stored and reported.
    #[must_use]
    pub fn by_name(&self) -> [(&'static str, u64); 5] {
        [
            ("dropped", self.dropped),
            ("spilled", self.spilled),
            ("write_errors", self.write_errors),
            ("rejected", self.rejected),
            ("damaged", self.damaged),
        ]
    }

    pub(crate) fn set(&mut self, name: &str, value: u64) {
        match name {
            "dropped" => self.dropped = value,
            "spilled" => self.spilled = value,
            "write_errors" => self.write_errors = value,
            "rejected" => self.rejected = value,
            "damaged" => self.damaged = value,
            // A counter of a newer version of this program.
            _ => {}
        }
    }

    /// Returns the difference to earlier counts.
    pub(super) fn since(&self, before: &Self) -> Self {
        Self {
            dropped: self.dropped - before.dropped,
            spilled: self.spilled - before.spilled,
            write_errors: self.write_errors - before.write_errors,
            rejected: self.rejected - before.rejected,
            damaged: self.damaged - before.damaged,
        }
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
        }
    }
}
