//! The event log: the table `event_logs`, and what the runtime keeps beside it.

mod index;
mod insert;
mod migrate;
mod prune;
pub(crate) mod row;
mod shape;
pub(crate) mod user_id;

use std::time::Duration;

use pings_sql::{Dialect, UserIdType};

use pings_database::{Access, Database, Mode, Transaction, Url};
use pings_database::{Error, Result};
use time::OffsetDateTime;

pub(crate) use insert::{insert, insert_what_is_taken, is_refusal};
pub use prune::Pruned;
pub(crate) use prune::pruned_before;
pub use shape::Shape;
pub(crate) use shape::{COLUMNS, inspect};
pub use user_id::{UserId, UserIdColumn};

/// An open event log.
#[derive(Clone, Debug)]
pub struct EventLog {
    database: Database,
    shape: Shape,
}

/// What [`EventLog::init`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Initialized {
    /// It made the event log, with its index.
    Created,
    /// There was an event log, which it uses as it is.
    Found,
}

impl EventLog {
    /// Makes what is missing, and opens it. Two processes may do so at once.
    ///
    /// An `event_logs` that is there is used as it is. It gets no index, as
    /// making one on a large table is for its owner to decide: see
    /// [`EventLog::add_index`].
    ///
    /// # Errors
    ///
    /// Where the database does not answer, or has an `event_logs` of another shape.
    pub async fn init(url: &Url) -> Result<(Self, Initialized)> {
        Self::init_for(url, None, false).await
    }

    /// As [`EventLog::init`], for users whose ids are of this type.
    ///
    /// # Errors
    ///
    /// Where the database does not answer, or has an `event_logs` of another
    /// shape or with user ids of another type.
    pub async fn init_with(url: &Url, users: UserIdType) -> Result<(Self, Initialized)> {
        Self::init_for(url, Some(users), true).await
    }

    /// As [`EventLog::init`]; an event log that it makes keeps user ids as the other log does.
    ///
    /// # Errors
    ///
    /// Where the database does not answer, or has an `event_logs` of another shape.
    pub async fn init_like(url: &Url, other: &Self) -> Result<(Self, Initialized)> {
        Self::init_for(url, Some(other.shape.users.ty), false).await
    }

    async fn init_for(
        url: &Url,
        users: Option<UserIdType>,
        must_match: bool,
    ) -> Result<(Self, Initialized)> {
        let database = Database::open(url, Access::Create).await?;
        let mut tx = database.begin(Mode::Write).await?;
        let found = inspect(&mut tx).await?;
        let wanted = users.map(|ty| UserIdColumn::of_new_log(tx.dialect(), ty));
        match (&found, wanted) {
            (Some(found), Some(wanted)) if must_match => found.users.check(wanted)?,
            (None, Some(wanted)) => migrate::create(&mut tx, wanted).await?,
            _ => {}
        }
        migrate::migrate(&mut tx).await?;
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
        Ok((Self { database, shape }, done))
    }

    /// Opens an event log that is there.
    ///
    /// # Errors
    ///
    /// Where there is none, it has another shape, or the database does not answer.
    pub async fn open(url: &Url) -> Result<Self> {
        let database = Database::open(url, Access::Write).await?;
        let mut tx = database.begin(Mode::Write).await?;
        let shape = inspect(&mut tx).await?;
        let shape = shape.ok_or_else(|| missing(url))?;
        migrate::migrate(&mut tx).await?;
        tx.commit().await?;
        Ok(Self { database, shape })
    }

    /// Adds the index that the report reads. On PostgreSQL, events can be
    /// logged during the build; on SQLite, writers wait. An index that an interrupted
    /// build left behind is built again.
    ///
    /// # Errors
    ///
    /// Where the database fails, or has something else under the name of the index.
    pub async fn add_index(&mut self) -> Result<()> {
        match &self.database {
            Database::Postgres(pool) => index::build_postgres(pool).await?,
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
                "{} is the name of something else in {}, so event_logs has no index\n\
                 help: rename or drop it, and run `pings init --index` again",
                shape::INDEX,
                self.database.address(),
            ))),
        }
    }

    /// Notes that the product runs at that moment, as [`Recorder`](crate::Recorder) and captures do
    /// by themselves. A week in which the product was not seen running is reported as such, and not
    /// as zeros: a product that writes to the event log without the recorder says so at least once
    /// a week.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn note_running(&self, version: &str, now: OffsetDateTime) -> Result<()> {
        let mut tx = self.begin(Mode::Write).await?;
        crate::running::note(&mut tx, version, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What its `event_logs` is like.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Its database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Which dialect it speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.database.dialect()
    }

    /// Closes it, once what is under way is done.
    pub async fn close(&self) {
        self.database.close().await;
    }

    pub(crate) async fn begin(&self, mode: Mode) -> sqlx::Result<Transaction> {
        self.database.begin(mode).await
    }

    /// Begins a transaction of whose statements each may take this long.
    pub(crate) async fn begin_within(
        &self,
        mode: Mode,
        limit: Duration,
    ) -> sqlx::Result<Transaction> {
        self.database.begin_within(mode, limit).await
    }
}

fn missing(url: &Url) -> Error {
    Error::input(format!(
        "{url} has no table event_logs\nhelp: `pings init` makes it"
    ))
}
