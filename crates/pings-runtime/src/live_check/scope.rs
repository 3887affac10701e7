//! The input of a check of a live database, and its result.

use pings_model::Registry;
use pings_payload::Week;
use time::OffsetDateTime;

use super::finding::Finding;

/// Compares a registry with existing databases.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The registry.
    pub registry: &'a Registry,
    /// The time of the check.
    pub now: OffsetDateTime,
    /// The number of weeks that count as recent, including the running one.
    pub weeks: u32,
    /// The maximum number of rows of the event log that are read, newest first.
    pub rows: i64,
}

/// The result of checking an event log.
#[derive(Clone, Debug)]
pub struct LogCheck {
    /// The differences from the registry.
    pub findings: Vec<Finding>,
    /// The part of the event log that was read.
    pub seen: Seen,
}

/// The part of an event log that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of recent rows that were read.
    pub rows: u64,
    /// The start of the recent period.
    pub since: String,
    /// Whether all recent rows were read.
    pub is_whole: bool,
}

impl<'a> Live<'a> {
    /// Creates a check of the last four weeks, limited to the newest 200,000 rows.
    #[must_use]
    pub fn new(registry: &'a Registry, now: OffsetDateTime) -> Self {
        Self {
            registry,
            now,
            weeks: 4,
            rows: 200_000,
        }
    }

    /// Returns the start of the recent period.
    pub(super) fn since(&self) -> OffsetDateTime {
        Week::containing(self.now)
            .back(self.weeks.saturating_sub(1))
            .start()
    }
}
