//! What a recorder counts of itself.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

/// What became of events, other than being written at once.
///
/// Counted by the week in which it happened, kept beside the event log, and
/// part of each report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Events that are gone: the queue was full, and neither the database nor the disk took them.
    pub dropped: u64,
    /// Events that went to the file first. They are in the event log too once the database answered.
    pub spilled: u64,
    /// Batches that the database did not take, or not at once.
    pub write_errors: u64,
    /// Events that the database refused, and would refuse again.
    pub rejected: u64,
    /// Events in files that were damaged. The damaged pieces are kept beside the files.
    pub damaged: u64,
}

impl Counters {
    /// Its counts, by the names under which they are kept and reported.
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
            // Of a newer version of this program.
            _ => {}
        }
    }

    /// What came since.
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

/// Counters that several threads count on.
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
