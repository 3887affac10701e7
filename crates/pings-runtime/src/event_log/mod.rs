//! The event log: the table `event_logs` and the runtime's own tables in the same database.

mod daily;
pub(crate) mod days;
#[cfg(feature = "postgres")]
mod index;
mod insert;
mod log_time;
mod migrate;
mod names;
pub(crate) mod partitions;
mod plain_times;
mod prune;
mod pruned;
pub(crate) mod row;
mod shape;
pub(crate) mod user_id;

use std::time::Duration;

use pings_sql::{Dialect, UserIdType};

use pings_database::{Access, Database, Mode, SchemaVersions, Transaction, Url};
use pings_database::{Error, Result};
use time::OffsetDateTime;

pub(crate) use daily::forget_daily_totals;
pub(crate) use days::Days;
pub(crate) use insert::{insert, insert_what_is_taken, is_refusal};
pub(crate) use log_time::{time_in_postgres, time_in_sqlite};
pub(crate) use names::names;
pub(crate) use plain_times::has_plain_times;
pub use prune::Pruned;
pub(crate) use prune::{FEW, oldest};
pub(crate) use pruned::{has_pruned_table, pruned_before};
pub use shape::Shape;
pub(crate) use shape::{COLUMNS, inspect};
pub use user_id::{UserId, UserIdColumn};

/// An open event log.
#[derive(Clone, Debug)]
pub struct EventLog {
    database: Database,
    shape: Shape,
    migrated: SchemaVersions,
}

/// Whether [`EventLog::init`] created the event log or found one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initialized {
    /// The event log and its index were created.
    Created,
    /// An event log existed and is used unchanged.
    Found,
}

impl EventLog {
    /// Creates the missing tables and opens the event log. Several processes may call this at once.
    ///
    /// An existing `event_logs` table is used unchanged. The table gets no index, because its owner
    /// should decide when to build an index on a large table: see [`EventLog::add_index`].
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer, or if it has an `event_logs` with an
    /// unsupported shape.
    pub async fn init(url: &Url) -> Result<(Self, Initialized)> {
        Self::init_for(url, None, false, false).await
    }

    /// Like [`EventLog::init`], but a newly created event log is partitioned by month, so that
    /// [`EventLog::prune`] drops whole months. Only PostgreSQL can do that.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer or is SQLite, or if it has an `event_logs` with
    /// an unsupported shape or with user ids of another type.
    pub async fn init_by_month(
        url: &Url,
        users: Option<UserIdType>,
    ) -> Result<(Self, Initialized)> {
        Self::init_for(url, users, users.is_some(), true).await
    }

    /// Like [`EventLog::init`], for user ids of the given type.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer, or if it has an `event_logs` with an
    /// unsupported shape or with user ids of another type.
    pub async fn init_with(url: &Url, users: UserIdType) -> Result<(Self, Initialized)> {
        Self::init_for(url, Some(users), true, false).await
    }

    /// Like [`EventLog::init`], but a newly created event log stores user ids in the same way as
    /// `other`.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer, or if it has an `event_logs` with an
    /// unsupported shape.
    pub async fn init_like(url: &Url, other: &Self) -> Result<(Self, Initialized)> {
        Self::init_for(url, Some(other.shape.users.ty), false, false).await
    }

    async fn init_for(
        url: &Url,
        users: Option<UserIdType>,
        must_match: bool,
        by_month: bool,
    ) -> Result<(Self, Initialized)> {
        let database = Database::open(url, Access::Create).await?;
        let mut tx = database.begin(Mode::Write).await?;
        let found = inspect(&mut tx).await?;
        let wanted = users.map(|ty| UserIdColumn::of_new_log(tx.dialect(), ty));
        match (&found, wanted) {
            (Some(found), Some(wanted)) if must_match => found.users.check(wanted)?,
            (None, wanted) if by_month => {
                let of_numbers = || UserIdColumn::of_new_log(tx.dialect(), UserIdType::Integer);
                let users = wanted.unwrap_or_else(of_numbers);
                partitions::create(&mut tx, users).await?;
            }
            (None, Some(wanted)) => migrate::create(&mut tx, wanted).await?,
            _ => {}
        }
        let migrated = migrate::migrate(&mut tx).await?;
        partitions::extend(&mut tx).await?;
        if found.is_none() {
            tx.script(&shape::index_statement(false)).await?;
        }
        let shape = inspect(&mut tx).await?;
        tx.commit().await?;
        let done = match found {
            Some(_) => Initialized::Found,
            None => Initialized::Created,
        };
        let shape = shape.ok_or_else(|| missing(url))?;
        let log = Self {
            database,
            shape,
            migrated,
        };
        Ok((log, done))
    }

    /// Opens an existing event log.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no event log, if it has an unsupported shape, or if the
    /// database does not answer.
    pub async fn open(url: &Url) -> Result<Self> {
        let database = Database::open(url, Access::Write).await?;
        let mut tx = database.begin(Mode::Write).await?;
        let shape = inspect(&mut tx).await?;
        let shape = shape.ok_or_else(|| missing(url))?;
        let migrated = migrate::migrate(&mut tx).await?;
        partitions::extend(&mut tx).await?;
        tx.commit().await?;
        Ok(Self {
            database,
            shape,
            migrated,
        })
    }

    /// Opens an existing event log for reads, and creates and changes nothing. The runtime's own
    /// tables may be missing.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no event log, if it has an unsupported shape, or if the
    /// database does not answer.
    pub async fn open_unchanged(url: &Url) -> Result<Self> {
        // The report of a funnel creates temporary tables, which SQLite refuses with `Access::Read`.
        let database = Database::open(url, Access::Write).await?;
        let mut tx = database.begin(Mode::Read).await?;
        let shape = inspect(&mut tx).await?;
        tx.rollback().await?;
        let shape = shape.ok_or_else(|| missing(url))?;
        Ok(Self {
            database,
            shape,
            migrated: SchemaVersions::default(),
        })
    }

    /// Adds the index that the report reads. On PostgreSQL, events can be logged during the build;
    /// on SQLite, writers wait. An invalid index from an interrupted build is dropped and rebuilt.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails, or if the name of the index is already used for
    /// something else.
    pub async fn add_index(&mut self) -> Result<()> {
        match &self.database {
            #[cfg(feature = "postgres")]
            Database::Postgres(pool) => index::build_postgres(pool).await?,
            #[cfg(feature = "sqlite")]
            Database::Sqlite(_) => {
                let mut tx = self.begin(Mode::Write).await?;
                tx.script(&shape::index_statement(false)).await?;
                tx.commit().await?;
            }
        }
        let mut tx = self.begin(Mode::Read).await?;
        let shape = inspect(&mut tx).await?;
        tx.rollback().await?;
        match shape {
            Some(shape) if shape.is_indexed => {
                self.shape = shape;
                Ok(())
            }
            _ => Err(Error::input(format!(
                "the name {} is already used in {}, so the index of event_logs was not created\n\
                 help: rename or drop the other object, and create the index again",
                shape::INDEX,
                self.database.address(),
            ))),
        }
    }

    /// Discards what is kept of the windows of reports, so that the next report reads their rows again.
    /// Call this after rows were changed or removed by hand, for example to erase a user. First-time
    /// users and values for all time stay as they are.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn recount(&self) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        forget_daily_totals(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records that the product is running at the time `now`. [`Recorder`](crate::Recorder) and
    /// captures do this automatically.
    ///
    /// A week in which the product was not seen running is reported as not running, and not as
    /// zeros. A product that writes to the event log without the recorder should therefore call
    /// this function at least once a week.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn note_running(&self, version: &str, now: OffsetDateTime) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        crate::running::note(&mut tx, version, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Returns the shape of the `event_logs` table.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Returns the database of the event log.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns the versions of the runtime's own tables before and after the event log was opened.
    #[must_use]
    pub fn migrated(&self) -> SchemaVersions {
        self.migrated
    }

    /// Returns the SQL dialect of the database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.database.dialect()
    }

    /// Closes the event log after running operations have finished.
    pub async fn close(&self) {
        self.database.close().await;
    }

    pub(crate) async fn begin(&self, mode: Mode) -> sqlx::Result<Transaction> {
        self.database.begin(mode).await
    }

    /// Begins a transaction in which each statement may take at most `limit`.
    pub(crate) async fn begin_within(
        &self,
        mode: Mode,
        limit: Duration,
    ) -> sqlx::Result<Transaction> {
        self.database.begin_within(mode, limit).await
    }
}

fn missing(url: &Url) -> Error {
    Error::missing(format!("{url} has no table event_logs"))
}
