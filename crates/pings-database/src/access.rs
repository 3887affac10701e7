//! The purposes of a database connection and of a transaction, and the limits of both.

use std::time::Duration;

/// The maximum time that a statement waits for a lock of another process or session.
pub(crate) const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// The maximum number of open connections.
pub(crate) const CONNECTIONS: u32 = 4;

/// The operations that are allowed on a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// All operations. The database is created if it does not exist.
    Create,
    /// All operations on an existing database.
    Write,
    /// Only reads.
    Read,
}

/// The purpose of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Reads one consistent state of the database and changes nothing.
    Read,
    /// Changes the database. In SQLite, only one write transaction can run, from its start.
    Write,
}
