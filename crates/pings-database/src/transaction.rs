//! A transaction, in which everything happens.

use pings_model::ValueType;
use pings_sql::Dialect;
use sqlx::{AssertSqlSafe, Executor, PgConnection, Postgres, SqlSafeStr, Sqlite, SqliteConnection};

use crate::{Bind, Cell, Database, Reading};

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// It sees one state of the database, and changes nothing.
    Read,
    /// It changes something. In SQLite it is the only one that does, from the beginning.
    Write,
}

/// A transaction; it is as if it had never been unless it is committed.
pub enum Transaction {
    /// Of SQLite.
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    /// Of PostgreSQL.
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    pub(super) async fn begin(database: &Database, mode: Mode) -> sqlx::Result<Self> {
        Ok(match database {
            Database::Sqlite(pool) => Self::Sqlite(
                pool.begin_with(match mode {
                    Mode::Read => "BEGIN",
                    Mode::Write => "BEGIN IMMEDIATE",
                })
                .await?,
            ),
            Database::Postgres(pool) => {
                let connection = pool.acquire().await?;
                let begin = pool.begin_statements(mode).into_sql_str();
                Self::Postgres(sqlx::Transaction::begin(connection, Some(begin)).await?)
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
            Self::Postgres(tx) => tx.commit().await,
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
            Self::Postgres(tx) => tx.rollback().await,
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
