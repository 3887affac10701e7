//! Checks whether a registry matches existing databases.
//!
//! The check writes nothing and reads only the newest rows of the event log, so that its cost does
//! not depend on the size of the instance. Values that users typed are counted and never repeated.

mod arguments;
mod finding;
mod log;
mod names;
mod product;
mod silent;
mod types;

use pings_model::Registry;
use time::OffsetDateTime;

pub use crate::capture::{Misfit, MisfitFault};
pub use finding::{ArgumentFault, Finding, Level, Subject};
pub use log::Seen;

use pings_database::Database;
use pings_database::Result;
use pings_payload::Week;

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

    /// Checks an event log. `progress` receives the number of rows read so far.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer, or if it has no event log.
    pub async fn event_log(
        &self,
        database: &Database,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<LogCheck> {
        log::check(self, database, progress).await
    }

    /// Checks the product's database: tables, columns, types, and whether each capture can be
    /// planned.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer.
    pub async fn product(&self, database: &Database) -> Result<Vec<Finding>> {
        product::check(self, database).await
    }

    /// Returns the start of the recent period.
    fn since(&self) -> OffsetDateTime {
        Week::containing(self.now)
            .back(self.weeks.saturating_sub(1))
            .start()
    }
}
