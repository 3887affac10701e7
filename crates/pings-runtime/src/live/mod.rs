//! Whether a registry fits the databases that are there.
//!
//! Nothing is written, and of the event log only its newest rows are read, so
//! that the check costs the same on an instance of any size. What users typed
//! is counted and never repeated.

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

/// Compares a registry with what is there.
#[derive(Clone, Copy, Debug)]
pub struct Live<'a> {
    /// The registry.
    pub registry: &'a Registry,
    /// The moment of the check.
    pub now: OffsetDateTime,
    /// How many weeks are recent, the running one among them.
    pub weeks: u32,
    /// How many of the newest rows of the event log are read at most.
    pub rows: i64,
}

/// What an event log is found to be.
#[derive(Clone, Debug)]
pub struct LogCheck {
    /// What is not as the registry has it.
    pub findings: Vec<Finding>,
    /// How much was read.
    pub seen: Seen,
}

impl<'a> Live<'a> {
    /// A check of the last four weeks, in the newest 200,000 rows.
    #[must_use]
    pub fn new(registry: &'a Registry, now: OffsetDateTime) -> Self {
        Self {
            registry,
            now,
            weeks: 4,
            rows: 200_000,
        }
    }

    /// Compares with an event log; `progress` is told how many rows were read.
    ///
    /// # Errors
    ///
    /// Where the database does not answer, or has no event log.
    pub async fn event_log(
        &self,
        database: &Database,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<LogCheck> {
        log::check(self, database, progress).await
    }

    /// Compares with the product's database: tables, columns, types, and whether
    /// each capture can be planned.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn product(&self, database: &Database) -> Result<Vec<Finding>> {
        product::check(self, database).await
    }

    /// The first instant that is recent.
    fn since(&self) -> OffsetDateTime {
        Week::containing(self.now)
            .back(self.weeks.saturating_sub(1))
            .start()
    }
}
