//! Runs queries on any database of a store.

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;

#[cfg(feature = "clickhouse")]
use crate::clickhouse::connection::Connection;

/// Runs queries on the database of a store.
///
/// On SQLite and PostgreSQL, all queries read one state of the database. On ClickHouse, which has no
/// transactions, each query reads the state at its time.
pub struct Reader(Source);

enum Source {
    Sql(Transaction),
    #[cfg(feature = "clickhouse")]
    ClickHouse(Box<Connection>),
}

impl From<Transaction> for Reader {
    fn from(tx: Transaction) -> Self {
        Self(Source::Sql(tx))
    }
}

#[cfg(feature = "clickhouse")]
impl From<Connection> for Reader {
    fn from(connection: Connection) -> Self {
        Self(Source::ClickHouse(Box::new(connection)))
    }
}

impl Reader {
    /// Runs a query with columns of these types. Its parameters are `$1`, `$2` and so on.
    ///
    /// # Errors
    ///
    /// Returns the error of the database, or an error if the columns have other types.
    pub async fn rows(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> Result<Vec<Vec<Cell>>> {
        match &mut self.0 {
            Source::Sql(tx) => Ok(tx.rows(sql, binds, types).await?),
            #[cfg(feature = "clickhouse")]
            Source::ClickHouse(connection) => connection.rows(sql, binds, types).await,
        }
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
    ) -> Result<Option<Cell>> {
        let rows = self.rows(sql, binds, &[ty]).await?;
        let first = rows.into_iter().next();
        Ok(first.and_then(|row| row.into_iter().next()))
    }

    /// Ends reading.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn end(self) -> Result<()> {
        match self.0 {
            Source::Sql(tx) => Ok(tx.rollback().await?),
            #[cfg(feature = "clickhouse")]
            Source::ClickHouse(_) => Ok(()),
        }
    }

    /// Returns a condition on `measurements` that restricts them to a code, followed by `AND`, where
    /// the database does not find the rows of a series without it.
    pub(crate) fn of_code(&self, code: i64) -> String {
        match &self.0 {
            Source::Sql(_) => String::new(),
            #[cfg(feature = "clickhouse")]
            Source::ClickHouse(_) => format!("measurements.of_code = {code} AND"),
        }
    }

    /// Returns whether the database is ClickHouse, which rejects some subqueries.
    pub(crate) fn is_clickhouse(&self) -> bool {
        !matches!(self.0, Source::Sql(_))
    }
}

/// Runs queries while reading or writing.
pub(crate) trait Rows {
    async fn rows(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> Result<Vec<Vec<Cell>>>;

    async fn value(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        ty: ValueType,
    ) -> Result<Option<Cell>> {
        let rows = self.rows(sql, binds, &[ty]).await?;
        let first = rows.into_iter().next();
        Ok(first.and_then(|row| row.into_iter().next()))
    }
}

impl Rows for Transaction {
    async fn rows(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> Result<Vec<Vec<Cell>>> {
        Ok(Self::rows(self, sql, binds, types).await?)
    }
}

impl Rows for Reader {
    async fn rows(
        &mut self,
        sql: &str,
        binds: &[Bind<'_>],
        types: &[ValueType],
    ) -> Result<Vec<Vec<Cell>>> {
        Self::rows(self, sql, binds, types).await
    }
}
