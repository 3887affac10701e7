//! Checks whether a registry matches existing databases.
//!
//! The check writes nothing and reads only the newest rows of the event log, so that its cost does
//! not depend on the size of the instance. Values that users typed are counted and never repeated.

mod arguments;
mod finding;
mod log;
mod names;
mod product;
mod scope;
mod silent;
mod similar;
mod types;

pub use crate::capture::{Misfit, MisfitFault};
pub use arguments::argument_faults;
pub(crate) use arguments::faults;
pub use finding::{ArgumentFault, Finding, Level, Subject};
pub(crate) use names::{Names, Owner};
pub use scope::{Live, LogCheck, Seen};
pub(crate) use similar::by_a_letter;

use pings_database::Database;
use pings_database::Result;

impl Live<'_> {
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

    /// Checks the product's main database: tables, columns, types, and whether each capture can be
    /// planned.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer.
    pub async fn product(&self, database: &Database) -> Result<Vec<Finding>> {
        product::check(self, database, None).await
    }

    /// Checks one of several databases of the product, like [`Live::product`] the main database:
    /// its tables, and the captures that read it.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer.
    pub async fn product_named(&self, name: &str, database: &Database) -> Result<Vec<Finding>> {
        product::check(self, database, Some(name)).await
    }
}
