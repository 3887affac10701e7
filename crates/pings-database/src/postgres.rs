//! Opening PostgreSQL.

use std::time::Duration;

use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::{Access, CONNECTIONS};

/// How long to wait for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn open(options: &PgConnectOptions, access: Access) -> sqlx::Result<PgPool> {
    let mut options = options.clone().options([("TimeZone", "UTC")]);
    // Short statements over many rows: compiling them takes longer than running them.
    options = options.options([("jit", "off")]);
    if access == Access::Read {
        options = options.options([("default_transaction_read_only", "on")]);
    }
    PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .connect_with(options)
        .await
}
