//! Builds the index on PostgreSQL without blocking writers.

use sqlx::{AssertSqlSafe, Executor, PgConnection, Row};

use super::shape::{INDEX, INDEXED, index_statement};
use pings_database::{Error, PostgresPool, Result};

/// Selects an invalid index on `event_logs`: its build was interrupted or is still running.
const INVALID: &str = "\
    SELECT c.oid::regclass::text, \
      EXISTS (SELECT 1 FROM pg_stat_progress_create_index AS p WHERE p.index_relid = c.oid) \
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
    WHERE i.indrelid = to_regclass('event_logs') AND NOT i.indisvalid AND c.relname = '";

/// Selects the partitions of `event_logs`, each with the name of its index, and whether that index is
/// invalid because its build was interrupted.
const PARTITIONS: &str = "\
    SELECT p.oid::regclass::text, 'pings_' || p.oid || '_name_timestamp_user', \
      EXISTS (SELECT 1 FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
        WHERE i.indrelid = p.oid AND NOT i.indisvalid \
          AND c.relname = 'pings_' || p.oid || '_name_timestamp_user') \
    FROM pg_inherits JOIN pg_class AS p ON p.oid = inhrelid \
    WHERE inhparent = to_regclass('event_logs') ORDER BY p.relname";

/// Builds the index on each partition of a partitioned event log, and then combines the indexes.
async fn build_on_partitions(connection: &mut PgConnection) -> Result<()> {
    let whole = format!("CREATE INDEX IF NOT EXISTS {INDEX} ON ONLY event_logs ({INDEXED})");
    connection
        .execute(sqlx::raw_sql(AssertSqlSafe(whole)))
        .await?;
    for row in connection.fetch_all(sqlx::raw_sql(PARTITIONS)).await? {
        let (partition, name, is_invalid): (String, String, bool) =
            (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {name}");
        let create =
            format!("CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {partition} ({INDEXED})");
        let attach = format!("ALTER INDEX {INDEX} ATTACH PARTITION {name}");
        let drop = is_invalid.then_some(drop);
        for sql in drop.into_iter().chain([create, attach]) {
            connection
                .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
                .await?;
        }
    }
    Ok(())
}

/// Builds the index. The statements must not run in a transaction. Each statement is one protocol
/// message, so that a connection pooler may route them to different servers.
pub(super) async fn build_postgres(pool: &PostgresPool) -> Result<()> {
    let mut connection = pool.acquire().await?;
    let sql = "SELECT relkind = 'p' FROM pg_class WHERE oid = to_regclass('event_logs')";
    let row = connection.fetch_optional(sqlx::raw_sql(sql)).await?;
    if row.is_some_and(|row| matches!(row.try_get(0), Ok(true))) {
        build_on_partitions(&mut connection).await?;
        connection.release();
        return Ok(());
    }
    let sql = AssertSqlSafe(format!("{INVALID}{INDEX}'"));
    if let Some(row) = connection.fetch_optional(sqlx::raw_sql(sql)).await? {
        let (name, is_under_way): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
        if is_under_way {
            return Err(Error::input(format!(
                "another session is building the index {name}\n\
                 help: wait until it is finished"
            )));
        }
        let drop = AssertSqlSafe(format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"));
        connection.execute(sqlx::raw_sql(drop)).await?;
    }
    let create = AssertSqlSafe(index_statement(true));
    connection.execute(sqlx::raw_sql(create)).await?;
    connection.release();
    Ok(())
}
