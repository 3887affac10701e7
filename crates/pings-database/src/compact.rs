//! Removing what was deleted from the files of a database.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqlitePool};
use tokio::time::sleep;

use crate::Database;

/// How long to wait for readers of a database of SQLite, which keep its log from being emptied.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait before the log is emptied again.
const NAP: Duration = Duration::from_millis(50);

impl Database {
    /// Removes the bytes of deleted rows: of SQLite the file is written again and the log emptied,
    /// of PostgreSQL these tables are vacuumed and analyzed.
    ///
    /// # Errors
    ///
    /// Where the database fails, or another process reads a database of SQLite for too long.
    pub async fn compact(&self, tables: &[&str]) -> sqlx::Result<()> {
        match self {
            Self::Sqlite(pool) => compact(pool).await,
            Self::Postgres(pool) => {
                // The pool begins no transaction, in which PostgreSQL does not vacuum.
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
            let reason = "another process reads the database, so that its log cannot be emptied";
            return Err(sqlx::Error::Protocol(reason.to_owned()));
        }
        sleep(NAP).await;
    }
}
