//! The store: a database of received payloads.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use pings_database::{Access, Database, Error, Mode, Result, SchemaVersions, Transaction, Url};
use pings_sql::Dialect;
use tokio::sync::Mutex;

use crate::ingest::intern::Names;
use crate::migrate::migrate;
use crate::registry::declared::Cache;

/// The default number of other contents that are kept for an instance and week.
const CONFLICTS: u32 = 8;

/// The reason why the numbers of an instance do not count that did not report in enough weeks yet.
pub(crate) const UNCONFIRMED: &str = "unconfirmed";

/// A store of received payloads.
pub struct Store {
    pub(crate) database: Database,
    migrated: SchemaVersions,
    /// The ids of names. The lock is held while writing.
    pub(crate) names: Mutex<Names>,
    /// The declarations against which payloads are checked.
    pub(crate) declared: Cache,
    /// The maximum number of conflicting contents that are kept for an instance and week.
    pub(crate) conflicts: AtomicU32,
}

impl Store {
    /// Opens a store, and creates missing tables. With `create`, a missing SQLite database is
    /// created as well.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not exist, if the database does not answer, or if a newer
    /// program created the tables.
    pub async fn open(url: &Url, create: bool) -> Result<Self> {
        let is_missing = url.file().is_some_and(|file| !file.exists());
        if is_missing && !create {
            return Err(Error::missing(format!("there is no store {url}")));
        }
        let access = if create {
            Access::Create
        } else {
            Access::Write
        };
        let database = Database::open(url, access).await?;
        let mut tx = database.begin(Mode::Write).await?;
        let migrated = migrate(&mut tx).await?;
        tx.commit().await?;
        Ok(Self {
            database,
            migrated,
            names: Mutex::default(),
            declared: Cache::default(),
            conflicts: AtomicU32::new(CONFLICTS),
        })
    }

    /// Sets the maximum number of conflicting contents that are kept for an instance and week.
    pub fn keep_conflicts(&self, most: u32) {
        self.conflicts.store(most, Relaxed);
    }

    /// Returns the database, for reading.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns the versions of the store's tables before and after it was opened.
    #[must_use]
    pub fn migrated(&self) -> SchemaVersions {
        self.migrated
    }

    /// Closes the store after running operations have finished.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Begins a write transaction. Only one is open at a time among all processes.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        let mut tx = self.database.begin(Mode::Write).await?;
        if tx.dialect() == Dialect::Postgres {
            // An arbitrary key for the lock: the first bytes of "store".
            tx.run("SELECT pg_advisory_xact_lock(495555703397)", &[])
                .await?;
        }
        Ok(tx)
    }
}
