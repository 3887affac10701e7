//! A transaction, in which everything happens.

use std::time::Duration;

use pings_model::ValueType;
use pings_sql::Dialect;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Postgres, Sqlite, SqliteConnection};

use crate::{Bind, Cell, Database, Exclusive, Reading};

/// Limits of a reader that does not wait for ever. A query that waits behind a migration is given
/// up first; only a superuser may set how much a query writes to disk when it sorts.
const READER: &str = "; SET LOCAL lock_timeout = '5s'\
    ; SELECT set_config('temp_file_limit', '1GB', true) \
      WHERE (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)";

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It sees one state of the database, and changes nothing.
    Read,
    /// It changes something. In SQLite it is the only one that does, from the beginning.
    Write,
}

/// A transaction. Without a commit, the database does not change.
///
/// A transaction may be dropped at any moment, also by a future that is cancelled. The driver of
/// SQLite finishes its current command and then rolls back. A connection to PostgreSQL
/// is closed, unless [`Transaction::commit`] or [`Transaction::rollback`] was answered.
pub enum Transaction {
    /// Of SQLite.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Postgres(Exclusive<Postgres>),
}

impl Transaction {
    /// Begins one. Where there is a limit, PostgreSQL stops each statement after that time.
    pub(super) async fn begin(
        database: &Database,
        mode: Mode,
        limit: Option<Duration>,
    ) -> sqlx::Result<Self> {
        Ok(match database {
            Database::Sqlite(pool) => Self::Sqlite(
                pool.begin_with(match mode {
                    Mode::Read => "BEGIN",
                    Mode::Write => "BEGIN IMMEDIATE",
                })
                .await?,
            ),
            Database::Postgres(pool) => {
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
                Self::Postgres(connection)
            }
        })
    }

    /// Makes it last.
    ///
    /// # Errors
    ///
    /// Where the database refuses it; then nothing of it is there, or, where the
    /// answer was lost, nobody knows.
    pub async fn commit(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            // A transaction in which a statement failed is rolled back by COMMIT, without
            // an error. Nothing but an error is the answer to SELECT in it.
            Self::Postgres(tx) => end(tx, "SELECT; COMMIT").await,
        }
    }

    /// Makes it as if it had never been.
    ///
    /// # Errors
    ///
    /// Where the database does not answer.
    pub async fn rollback(self) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => end(tx, "ROLLBACK").await,
        }
    }

    /// Which dialect the database speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// The connection that it is on.
    pub fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(tx) => Connection::Sqlite(tx),
            Self::Postgres(tx) => Connection::Postgres(tx),
        }
    }

    /// Runs a statement; how many rows it changed.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn run(&mut self, sql: &str, binds: &[Bind<'_>]) -> sqlx::Result<u64> {
        self.connection().run(sql, binds).await
    }

    /// Asks a query whose columns are of these types.
    ///
    /// # Errors
    ///
    /// What the database says, and where the columns are others.
    pub async fn rows(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> sqlx::Result<Vec<Vec<Cell>>> {
        self.connection().rows(sql, binds, types).await
    }

    /// The only value of the only row; none where there is no row.
    ///
    /// # Errors
    ///
    /// As those of [`Self::rows`].
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

    /// Runs several statements that take nothing.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn script(&mut self, sql: &str) -> sqlx::Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Self::Sqlite(tx) => tx.execute(sql).await.map(|_| ()),
            Self::Postgres(tx) => tx.execute(sql).await.map(|_| ()),
        }
    }
}

/// Ends a transaction of PostgreSQL; once that is answered, its connection can be used again.
async fn end(mut connection: Exclusive<Postgres>, sql: &'static str) -> sqlx::Result<()> {
    connection.execute(sqlx::raw_sql(sql)).await?;
    connection.release();
    Ok(())
}

/// A connection, whoever owns it.
pub enum Connection<'c> {
    /// To SQLite.
    Sqlite(&'c mut SqliteConnection),
    /// To PostgreSQL.
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
            Self::Sqlite(db) => bound!(sql, binds).execute(db).await?.rows_affected(),
            // Behind PgBouncer a statement with a name may be on another server.
            Self::Postgres(db) => {
                let query = bound!(sql, binds).persistent(false);
                query.execute(db).await?.rows_affected()
            }
        })
    }

    /// Asks a query whose columns are of these types.
    ///
    /// # Errors
    ///
    /// What the database says, and where the columns are others.
    pub async fn rows(
        self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> sqlx::Result<Vec<Vec<Cell>>> {
        match self {
            // Planned anew each time, for the week that is bound.
            Self::Sqlite(db) => {
                let query = bound!(sql, binds).persistent(false);
                read(&query.fetch_all(db).await?, types)
            }
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
