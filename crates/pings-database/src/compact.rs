//! Removal of deleted data from the files of a database.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqlitePool};
use tokio::time::sleep;

use crate::database::Database;

/// The maximum time to wait for other readers of an SQLite database, which prevent the write-ahead
/// log from being emptied.
const PATIENCE: Duration = Duration::from_secs(30);

/// The time between two attempts to empty the log.
const NAP: Duration = Duration::from_millis(50);

impl Database {
    /// Removes the bytes of deleted rows. In SQLite, the file is rewritten and the write-ahead log
    /// is emptied. In PostgreSQL, these tables are vacuumed and analyzed.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails, or if another process keeps reading an SQLite
    /// database for too long.
    pub async fn compact(&self, tables: &[&str]) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(pool) => compact(pool).await,
            Self::Postgres(pool) => {
                // PostgreSQL cannot vacuum inside a transaction, and `acquire` does not start a
                // transaction.
                let mut connection = pool.acquire().await?;
                for table in tables {
                    let sql = AssertSqlSafe(format!("VACUUM (ANALYZE) {table}"));
                    connection.execute(sqlx::raw_sql(sql)).await?;
                }
                connection.release();
                Ok(())
            }
        }
    }
}

async fn compact(pool: &SqlitePool) -> sqlx::Result<()> {
    let mut connection = pool.acquire().await?;
    connection.clear_cached_statements().await?;
    connection.execute(sqlx::raw_sql("VACUUM")).await?;
    let until = Instant::now() + PATIENCE;
    loop {
        let sql = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)");
        let row = connection.fetch_one(sql).await?;
        let is_busy: i64 = row.try_get(0)?;
        if is_busy == 0 {
            return Ok(());
        }
        if Instant::now() >= until {
            let reason = "another process is reading the database, so its log cannot be truncated";
            return Err(sqlx::Error::Protocol(reason.to_owned()));
        }
        sleep(NAP).await;
    }
}
