//! The store: a database of its own.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use pings_database::{Access, Database, Error, Mode, Result, Transaction, Url};
use pings_sql::Dialect;
use tokio::sync::Mutex;

use crate::declared::Cache;
use crate::migrate::migrate;
use crate::names::Names;

/// The default number of other contents that are kept for an instance and week.
const CONFLICTS: u32 = 8;

/// Where payloads are kept.
pub struct Store {
    pub(crate) database: Database,
    /// Held by whoever writes.
    pub(crate) names: Mutex<Names>,
    /// The declarations that payloads were checked against.
    pub(crate) declared: Cache,
    /// How many other contents are kept of an instance and week.
    pub(crate) conflicts: AtomicU32,
}

impl Store {
    /// Opens it, and makes its tables where they are missing; with `create` a database of SQLite
    /// too.
    ///
    /// # Errors
    ///
    /// Where there is none, where it does not answer, or where a newer program made its tables.
    pub async fn open(url: &Url, create: bool) -> Result<Self> {
        let is_missing = url.file().is_some_and(|file| !file.exists());
        if is_missing && !create {
            return Err(Error::input(format!(
                "there is no store {url}\nhelp: `pings store serve`, `import` and `registry` make one"
            )));
        }
        let access = if create {
            Access::Create
        } else {
            Access::Write
        };
        let database = Database::open(url, access).await?;
        let mut tx = database.begin(Mode::Write).await?;
        migrate(&mut tx).await?;
        tx.commit().await?;
        Ok(Self {
            database,
            names: Mutex::default(),
            declared: Cache::default(),
            conflicts: AtomicU32::new(CONFLICTS),
        })
    }

    /// Keeps no more than that many other contents of an instance and week from now on.
    pub fn keep_conflicts(&self, most: u32) {
        self.conflicts.store(most, Relaxed);
    }

    /// The database, for what reads.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Closes it, once what is under way is done.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// Begins a transaction that writes. There is one at a time, of all processes.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        let mut tx = self.database.begin(Mode::Write).await?;
        if tx.dialect() == Dialect::Postgres {
            // Any number that nobody else has: the first bytes of "store".
            tx.run("SELECT pg_advisory_xact_lock(495555703397)", &[])
                .await?;
        }
        Ok(tx)
    }
}
