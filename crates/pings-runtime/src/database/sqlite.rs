//! Opening SQLite.

use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

use super::{Access, CONNECTIONS};

/// How long one process waits for another that writes.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn open(
    options: &SqliteConnectOptions,
    access: Access,
    in_memory: bool,
) -> sqlx::Result<SqlitePool> {
    let mut options = options
        .clone()
        .busy_timeout(PATIENCE)
        .create_if_missing(access == Access::Create);
    options = match access {
        // The product's own database is read as it is.
        Access::Read => options.pragma("query_only", "ON"),
        // Who reads does not wait for who writes.
        Access::Create | Access::Write => options.journal_mode(SqliteJournalMode::Wal),
    };
    let mut pool = SqlitePoolOptions::new().max_connections(CONNECTIONS);
    if in_memory {
        // It is gone with its last connection.
        pool = pool
            .min_connections(1)
            .max_lifetime(None)
            .idle_timeout(None);
    }
    pool.connect_with(options).await
}
