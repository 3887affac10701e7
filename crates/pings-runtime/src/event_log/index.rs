//! Builds the index on PostgreSQL without blocking writers.

use sqlx::{AssertSqlSafe, Executor, Row};

use super::shape::{INDEX, index_statement};
use pings_database::{Error, PostgresPool, Result};

/// Selects an invalid index on `event_logs`: its build was interrupted or is still running.
const INVALID: &str = "\
    SELECT c.oid::regclass::text, \
      EXISTS (SELECT 1 FROM pg_stat_progress_create_index AS p WHERE p.index_relid = c.oid) \
    FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid \
    WHERE i.indrelid = to_regclass('event_logs') AND NOT i.indisvalid AND c.relname = '";

/// Builds the index. The statements must not run in a transaction. Each statement is one protocol
/// message, so that a connection pooler may route them to different servers.
pub(super) async fn build_postgres(pool: &PostgresPool) -> Result<()> {
    let mut connection = pool.acquire().await?;
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
