//! Removal of deleted data from the files of a database.

use std::time::{Duration, Instant};

#[cfg(feature = "postgres")]
use sqlx::{AssertSqlSafe, PgConnection};
#[cfg(feature = "sqlite")]
use sqlx::{Connection, SqlitePool};
use sqlx::{Executor, Row};
use tokio::time::sleep;

use crate::database::Database;
#[cfg(feature = "postgres")]
use crate::postgres::PostgresPool;

/// The maximum time to wait for other readers. In SQLite, a reader prevents the write-ahead log from
/// being emptied. In PostgreSQL, deleted rows are kept for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The time between two attempts.
const NAP: Duration = Duration::from_millis(50);

/// The statistics of PostgreSQL, which contain values of rows.
#[cfg(feature = "postgres")]
const STATISTICS: &str = "pg_catalog.pg_statistic";

impl Database {
    /// Removes the bytes of deleted rows from the files of the database, and returns the tables
    /// whose files still contain them.
    ///
    /// In SQLite, the file is rewritten and the write-ahead log is emptied. In PostgreSQL, these
    /// tables and the statistics of all tables are rewritten, if the role may do so: it needs to own
    /// the tables, and the database for the statistics. PostgreSQL's own log is not changed.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails, or if another session keeps reading it for too long.
    #[cfg_attr(
        not(feature = "postgres"),
        expect(unused_variables, reason = "SQLite rewrites the whole file")
    )]
    pub async fn compact(&self, tables: &[&str]) -> sqlx::Result<Vec<String>> {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(pool) => compact(pool).await.map(|()| Vec::new()),
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => rewrite(pool, tables).await,
        }
    }
}

#[cfg(feature = "sqlite")]
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

/// Rewrites tables, and returns those that the role may not rewrite.
#[cfg(feature = "postgres")]
async fn rewrite(pool: &PostgresPool, tables: &[&str]) -> sqlx::Result<Vec<String>> {
    // PostgreSQL cannot vacuum inside a transaction, and `acquire` does not start a transaction.
    let mut connection = pool.acquire().await?;
    wait_for_readers(&mut connection).await?;
    let mut kept = Vec::new();
    let analyzed = tables.iter().map(|table| ("FULL, ANALYZE", *table));
    for (how, table) in analyzed.chain([("FULL", STATISTICS)]) {
        let before = file(&mut connection, table).await?;
        let sql = AssertSqlSafe(format!("VACUUM ({how}) {table}"));
        connection.execute(sqlx::raw_sql(sql)).await?;
        // Without the permission, PostgreSQL skips the table with a warning.
        if file(&mut connection, table).await? == before {
            kept.push(table.to_owned());
        }
    }
    connection.release();
    Ok(kept)
}

/// Returns the number of a table's file. A table that is rewritten gets another file.
#[cfg(feature = "postgres")]
async fn file(connection: &mut PgConnection, table: &str) -> sqlx::Result<i64> {
    let sql = format!("SELECT pg_relation_filenode('{table}'::regclass)::bigint");
    let row = connection
        .fetch_one(sqlx::raw_sql(AssertSqlSafe(sql)))
        .await?;
    row.try_get(0)
}

/// Waits until no other transaction can see rows that are deleted already. A rewritten table would
/// still contain them.
#[cfg(feature = "postgres")]
async fn wait_for_readers(connection: &mut PgConnection) -> sqlx::Result<()> {
    let next = "SELECT (txid_snapshot_xmax(txid_current_snapshot()) % 4294967296)::text";
    let next = connection.fetch_one(sqlx::raw_sql(next)).await?;
    let next: String = next.try_get(0)?;
    let readers = format!(
        "SELECT count(*) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid() \
           AND greatest(age(backend_xmin), age(backend_xid)) > age('{next}'::xid)"
    );
    let until = Instant::now() + PATIENCE;
    loop {
        let sql = sqlx::raw_sql(AssertSqlSafe(readers.clone()));
        let readers: i64 = connection.fetch_one(sql).await?.try_get(0)?;
        if readers == 0 {
            return Ok(());
        }
        if Instant::now() >= until {
            let reason = "another session has an open transaction, so the files still contain the \
                deleted rows";
            return Err(sqlx::Error::Protocol(reason.to_owned()));
        }
        sleep(NAP).await;
    }
}
