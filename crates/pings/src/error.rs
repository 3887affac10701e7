//! The error type of this crate.

use std::io;
use std::time::Duration;

use pings_model::VersionError;
use pings_registry::Diagnostics;

/// The error type of this crate.
///
/// [`std::error::Error::source`] returns the error that caused it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The registry has mistakes.
    #[error("the registry is invalid")]
    Registry(#[from] Diagnostics),
    /// The builder has no address of an event log.
    #[error("no event log is set\nhelp: call `Builder::event_log` with the URL of a database")]
    NoEventLog,
    /// The builder has no version of the product.
    #[error(
        "no version is set\nhelp: call `Builder::product_version` with the version of the product"
    )]
    NoVersion,
    /// The text is not a version of the product.
    #[error("`{text}` is not a version of the product")]
    Version {
        /// The text.
        text: String,
        /// The reason.
        source: VersionError,
    },
    /// The event log, the configuration or the delivery failed. [`RuntimeError`] tells mistakes
    /// that the caller can fix from failures of the database.
    ///
    /// [`RuntimeError`]: crate::RuntimeError
    #[error(transparent)]
    Runtime(#[from] pings_runtime::Error),
    /// The operating system cannot start a thread.
    #[error("cannot start the thread of pings")]
    Thread(#[source] io::Error),
    /// An operation took longer than the caller wants to wait. It may still succeed.
    #[error("the operation did not finish within {0:?}")]
    Timeout(Duration),
    /// The handle was shut down.
    #[error("pings was shut down")]
    Stopped,
    /// The operation needs a database, but the handle keeps events in memory.
    #[error("a handle for tests has no database")]
    InMemory,
}

impl Error {
    /// Returns whether a database or a table does not exist.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Runtime(error) if error.kind() == pings_runtime::ErrorKind::Missing)
    }
}
