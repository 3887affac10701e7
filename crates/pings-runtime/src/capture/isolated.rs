//! Runs a query that cannot write and has a time limit.

use std::time::Duration;
#[cfg(feature = "sqlite")]
use std::time::Instant;

use pings_model::ValueType;
#[cfg(feature = "sqlite")]
use sqlx::{Executor, SqlitePool};
use tokio::time::timeout;

use crate::failure::of_query;
#[cfg(feature = "postgres")]
use pings_database::Mode;
use pings_database::{Bind, Cell, Database};
#[cfg(feature = "sqlite")]
use pings_database::{Connection, Exclusive};
use pings_payload::{Failure, FailureKind};

/// How long to wait for the database to confirm a cancelled query.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait for a connection.
#[cfg(feature = "postgres")]
const PATIENCE: Duration = Duration::from_secs(5);

/// The number of SQLite virtual machine steps between two checks of the time limit.
#[cfg(feature = "sqlite")]
const STEPS: i32 = 10_000;

/// Runs a query. The failure says why there is no result.
pub(super) async fn ask(
    product: &Database,
    sql: &str,
    binds: &[Bind<'_>],
    types: &[ValueType],
    limit: Duration,
) -> Result<Vec<Vec<Cell>>, Failure> {
    let answer = match product {
        #[cfg(feature = "sqlite")]
        Database::Sqlite(pool) => ask_sqlite(pool, sql, binds, types, limit).await,
        #[cfg(feature = "postgres")]
        Database::Postgres(_) => ask_postgres(product, sql, binds, types, limit).await,
    };
    answer.map_err(|error| {
        let mut failure = of_query(&error);
        if failure.kind == FailureKind::TimeLimit {
            failure.message = format!("the capture was cancelled after {} s", limit.as_secs_f64());
        }
        if failure.kind == FailureKind::Database {
            failure.message = format!("{}: {}", product.address(), failure.message);
        }
        failure
    })
}

#[cfg(feature = "sqlite")]
async fn ask_sqlite(
    pool: &SqlitePool,
    sql: &str,
    binds: &[Bind<'_>],
    types: &[ValueType],
    limit: Duration,
) -> sqlx::Result<Vec<Vec<Cell>>> {
    let mut connection = Exclusive::acquire(pool).await?;
    let until = Instant::now() + limit;
    connection
        .lock_handle()
        .await?
        .set_progress_handler(STEPS, move || Instant::now() < until);
    let asked = async {
        connection.execute("BEGIN").await?;
        let rows = Connection::Sqlite(&mut connection)
            .rows(sql, binds, types)
            .await;
        // SQLite may have rolled back already.
        let _ = connection.execute("ROLLBACK").await;
        connection.lock_handle().await?.remove_progress_handler();
        Ok::<_, sqlx::Error>(rows)
    };
    let rows = timeout(limit + GRACE, asked)
        .await
        .map_err(|_| timed_out())??;
    connection.release();
    rows
}

#[cfg(feature = "postgres")]
async fn ask_postgres(
    product: &Database,
    sql: &str,
    binds: &[Bind<'_>],
    types: &[ValueType],
    limit: Duration,
) -> sqlx::Result<Vec<Vec<Cell>>> {
    // If the server does not answer, the transaction ends when its connection is closed.
    let begun = timeout(GRACE + PATIENCE, product.begin_within(Mode::Read, limit));
    let mut tx = begun.await.map_err(|_| sqlx::Error::PoolTimedOut)??;
    let asked = async {
        let rows = tx.rows(sql, binds, types).await;
        tx.rollback().await?;
        rows
    };
    timeout(limit + GRACE, asked)
        .await
        .unwrap_or_else(|_| Err(timed_out()))
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
