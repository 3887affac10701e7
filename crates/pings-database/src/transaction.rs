//! Database transactions.

#[cfg(feature = "postgres")]
use std::time::Duration;

use pings_model::ValueType;
use pings_sql::Dialect;
use sqlx::{AssertSqlSafe, Executor};
#[cfg(feature = "postgres")]
use sqlx::{PgConnection, Postgres};
#[cfg(feature = "sqlite")]
use sqlx::{Sqlite, SqliteConnection, SqlitePool};

use crate::access::Mode;
use crate::cell::{Bind, Cell, Reading};
#[cfg(feature = "postgres")]
use crate::exclusive::Exclusive;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresPool;

/// Limits for readers, so that they do not wait forever. A query that waits for a migration is
/// cancelled first. Only a superuser may limit the disk space that a query uses for sorting.
#[cfg(feature = "postgres")]
const READER: &str = "; SET LOCAL lock_timeout = '5s'\
    ; SELECT set_config('temp_file_limit', '1GB', true) \
      WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)";

/// A transaction. Without a commit, the database does not change.
///
/// A transaction may be dropped at any time, even by a cancelled future. The SQLite driver finishes
/// its current command and then rolls back. A PostgreSQL connection is closed, unless the server
/// answered [`Transaction::commit`] or [`Transaction::rollback`].
pub enum Transaction {
    /// A transaction in SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// A transaction in PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(Exclusive<Postgres>),
}

impl Transaction {
    /// Begins a transaction in SQLite.
    #[cfg(feature = "sqlite")]
    pub(super) async fn in_sqlite(pool: &SqlitePool, mode: Mode) -> sqlx::Result<Self> {
        let begin = match mode {
            Mode::Read => "BEGIN",
            Mode::Write => "BEGIN IMMEDIATE",
        };
        Ok(Self::Sqlite(pool.begin_with(begin).await?))
    }

    /// Begins a transaction in PostgreSQL, which cancels each statement after the limit.
    #[cfg(feature = "postgres")]
    pub(super) async fn in_postgres(
        pool: &PostgresPool,
        mode: Mode,
        limit: Option<Duration>,
    ) -> sqlx::Result<Self> {
        let mut sql = pool.begin_statements(mode).to_owned();
        if let Some(limit) = limit {
            let limit = limit.as_millis().clamp(1, i32::MAX as u128);
            sql.push_str(&format!("; SET LOCAL statement_timeout = {limit}"));
            if mode == Mode::Read {
                sql.push_str(READER);
            }
        }
        let mut connection = pool.acquire().await?;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await?;
        Ok(Self::Postgres(connection))
    }

    /// Commits the transaction.
    ///
    /// # Errors
    ///
    /// Returns an error if the database rejects the commit, in which case nothing is changed, or if
    /// the answer is lost, in which case the outcome is unknown.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.commit().await,
            // COMMIT rolls back a transaction in which a statement failed, without reporting an
            // error. In such a transaction, SELECT always fails.
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => end(tx, "SELECT; COMMIT").await,
        }
    }

    /// Rolls the transaction back.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn rollback(self) -> sqlx::Result<()> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.rollback().await,
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => end(tx, "ROLLBACK").await,
        }
    }

    /// Returns the SQL dialect of the database.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Returns the connection of the transaction.
    pub fn connection(&mut self) -> Connection<'_> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => Connection::Sqlite(tx),
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => Connection::Postgres(tx),
        }
    }

    /// Runs a statement, and returns the number of changed rows.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn run(&mut self, sql: &str, binds: &[Bind<'_>]) -> sqlx::Result<u64> {
        self.connection().run(sql, binds).await
    }

    /// Runs a query with columns of these types.
    ///
    /// # Errors
    ///
    /// Returns the error of the database, or an error if the columns have other types.
    pub async fn rows(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> sqlx::Result<Vec<Vec<Cell>>> {
        self.connection().rows(sql, binds, types).await
    }

    /// Returns the only value of the only row, or `None` if there is no row.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Self::rows`].
    pub async fn value(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        ty: ValueType,
    ) -> sqlx::Result<Option<Cell>> {
        let rows = self.rows(sql, binds, &[ty]).await?;
        Ok(rows
            .into_iter()
            .next()
            .and_then(|row| row.into_iter().next()))
    }

    /// Runs several statements without parameters.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn script(&mut self, sql: &str) -> sqlx::Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(tx) => tx.execute(sql).await.map(|_| ()),
            #[cfg(feature = "postgres")]
            Self::Postgres(tx) => tx.execute(sql).await.map(|_| ()),
        }
    }
}

/// Ends a transaction in PostgreSQL. After the server answers, the connection can be reused.
#[cfg(feature = "postgres")]
async fn end(mut connection: Exclusive<Postgres>, sql: &'static str) -> sqlx::Result<()> {
    connection.execute(sqlx::raw_sql(sql)).await?;
    connection.release();
    Ok(())
}

/// A borrowed connection.
pub enum Connection<'c> {
    /// A connection to SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut SqliteConnection),
    /// A connection to PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(&'c mut PgConnection),
}

macro_rules! bound {
    ($sql:expr, $binds:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql));
        for bind in $binds {
            query = match *bind {
                Bind::Text(text) => query.bind(text),
                Bind::Integer(number) => query.bind(number),
                Bind::Number(number) => query.bind(number),
                Bind::Null => query.bind(None::<String>),
            };
        }
        query
    }};
}

impl Connection<'_> {
    async fn run(self, sql: &str, binds: &[Bind<'_>]) -> sqlx::Result<u64> {
        Ok(match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(db) => bound!(sql, binds).execute(db).await?.rows_affected(),
            // With PgBouncer, a named statement may be on another server connection.
            #[cfg(feature = "postgres")]
            Self::Postgres(db) => {
                let query = bound!(sql, binds).persistent(false);
                query.execute(db).await?.rows_affected()
            }
        })
    }

    /// Runs a query with columns of these types.
    ///
    /// # Errors
    ///
    /// Returns the error of the database, or an error if the columns have other types.
    pub async fn rows(
        self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> sqlx::Result<Vec<Vec<Cell>>> {
        match self {
            // The query is planned again each time, for the current week.
            #[cfg(feature = "sqlite")]
            Self::Sqlite(db) => {
                let query = bound!(sql, binds).persistent(false);
                read(&query.fetch_all(db).await?, types)
            }
            #[cfg(feature = "postgres")]
            Self::Postgres(db) => {
                let query = bound!(sql, binds).persistent(false);
                read(&query.fetch_all(db).await?, types)
            }
        }
    }
}

fn read<R: Reading>(rows: &[R], types: &[ValueType]) -> sqlx::Result<Vec<Vec<Cell>>> {
    rows.iter().map(|row| row.cells(types)).collect()
}
