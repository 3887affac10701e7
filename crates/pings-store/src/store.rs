//! The store: a database of received payloads.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use pings_database::{Access, Database, Error, Mode, Result, SchemaVersions, Transaction, Url};
use pings_sql::Dialect;
use tokio::sync::Mutex;

#[cfg(feature = "clickhouse")]
use crate::clickhouse::{connection::Connection, schema};
use crate::ingest::intern::Names;
use crate::migrate::migrate;
use crate::reader::Reader;
use crate::registry::declared::Cache;

/// The default number of other contents that are kept for an instance and week.
const CONFLICTS: u32 = 8;

/// The reason why the numbers of an instance do not count that did not report in enough weeks yet.
pub(crate) const UNCONFIRMED: &str = "unconfirmed";

/// A store of received payloads.
pub struct Store {
    pub(crate) backend: Backend,
    migrated: SchemaVersions,
    /// The ids of names. The lock is held while writing.
    pub(crate) names: Mutex<Names>,
    /// The declarations against which payloads are checked.
    pub(crate) declared: Cache,
    /// The maximum number of conflicting contents that are kept for an instance and week.
    pub(crate) conflicts: AtomicU32,
}

/// The kind of database that holds a store. Writing differs, because ClickHouse has no transactions;
/// reading is the same.
pub(crate) enum Backend {
    /// SQLite or PostgreSQL.
    Sql(Database),
    #[cfg(feature = "clickhouse")]
    ClickHouse(Box<Connection>),
}

impl Store {
    /// Opens a store, and creates missing tables. With `create`, a missing SQLite database or a
    /// missing database of a ClickHouse server is created as well. The tables of a ClickHouse cluster
    /// are created by its administrator.
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
        let (backend, migrated) = match url.clickhouse() {
            #[cfg(feature = "clickhouse")]
            Some(address) => {
                let opened = schema::open(address, &url.to_string(), create).await;
                let (connection, migrated) = opened?;
                (Backend::ClickHouse(Box::new(connection)), migrated)
            }
            #[cfg(not(feature = "clickhouse"))]
            Some(_) => {
                return Err(Error::input(format!(
                    "{url}: this program was built without ClickHouse\n\
                     help: build it with the feature `clickhouse`"
                )));
            }
            None => {
                let access = if create {
                    Access::Create
                } else {
                    Access::Write
                };
                let database = Database::open(url, access).await?;
                let mut tx = database.begin(Mode::Write).await?;
                let migrated = migrate(&mut tx).await?;
                tx.commit().await?;
                (Backend::Sql(database), migrated)
            }
        };
        Ok(Self {
            backend,
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

    /// Returns the database, unless the store is on ClickHouse.
    #[must_use]
    pub fn database(&self) -> Option<&Database> {
        match &self.backend {
            Backend::Sql(database) => Some(database),
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(_) => None,
        }
    }

    /// Returns the address of the store without its password.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.backend {
            Backend::Sql(database) => database.address(),
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.address().to_owned(),
        }
    }

    /// Begins reading.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn read(&self) -> Result<Reader> {
        Ok(match &self.backend {
            Backend::Sql(database) => database.begin(Mode::Read).await?.into(),
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => Connection::clone(connection).into(),
        })
    }

    /// Returns the versions of the store's tables before and after it was opened.
    #[must_use]
    pub fn migrated(&self) -> SchemaVersions {
        self.migrated
    }

    /// Closes the store after running operations have finished.
    pub async fn close(&self) {
        if let Backend::Sql(database) = &self.backend {
            database.close().await;
        }
    }

    /// Begins a write transaction. Only one is open at a time among all processes.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond, or has no transactions.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        let Some(database) = self.database() else {
            return Err(Error::input(format!(
                "{}: a store on ClickHouse does not support this operation yet\n\
                 help: use a store on SQLite or PostgreSQL",
                self.address()
            )));
        };
        let mut tx = database.begin(Mode::Write).await?;
        if tx.dialect() == Dialect::Postgres {
            // An arbitrary key for the lock: the first bytes of "store".
            tx.run("SELECT pg_advisory_xact_lock(495555703397)", &[])
                .await?;
        }
        Ok(tx)
    }
}
