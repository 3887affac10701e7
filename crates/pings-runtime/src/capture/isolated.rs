//! A query that can neither write nor go on for ever.

use std::time::{Duration, Instant};

use pings_model::ValueType;
use sqlx::{AssertSqlSafe, Executor, SqlitePool};
use tokio::time::timeout;

use crate::failure::of_query;
use pings_database::{Bind, Cell, Connection, Database, Mode, PostgresPool};
use pings_payload::{Failure, FailureKind};

/// How much longer to wait for the database to say that it has stopped.
const GRACE: Duration = Duration::from_secs(2);

/// How many steps SQLite takes between two looks at the clock.
const STEPS: i32 = 10_000;

/// Asks a query; in words, why it was not answered.
pub(super) async fn ask(
    product: &Database,
    sql: &str,
    binds: &[Bind<'_>],
    types: &[ValueType],
    limit: Duration,
) -> Result<Vec<Vec<Cell>>, Failure> {
    let answer = match product {
        Database::Sqlite(pool) => ask_sqlite(pool, sql, binds, types, limit).await,
        Database::Postgres(pool) => ask_postgres(pool, sql, binds, types, limit).await,
    };
    answer.map_err(|error| {
        let mut failure = of_query(&error);
        if failure.kind == FailureKind::TimeLimit {
            failure.message = format!("it was cancelled after {} s", limit.as_secs_f64());
        }
        if failure.kind == FailureKind::Database {
            failure.message = format!("{}: {}", product.address(), failure.message);
        }
        failure
    })
}

async fn ask_sqlite(
    pool: &SqlitePool,
    sql: &str,
    binds: &[Bind<'_>],
    types: &[ValueType],
    limit: Duration,
) -> sqlx::Result<Vec<Vec<Cell>>> {
    let mut connection = pool.acquire().await?;
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
        // SQLite may have rolled back itself.
        let _ = connection.execute("ROLLBACK").await;
        rows
    };
    match timeout(limit + GRACE, asked).await {
        Ok(rows) => {
            connection.lock_handle().await?.remove_progress_handler();
            rows
        }
        Err(_) => {
            drop(connection.detach());
            Err(timed_out())
        }
    }
}

async fn ask_postgres(
    pool: &PostgresPool,
    sql: &str,
    binds: &[Bind<'_>],
    types: &[ValueType],
    limit: Duration,
) -> sqlx::Result<Vec<Vec<Cell>>> {
    let mut connection = pool.acquire().await?;
    let settings = format!(
        "{}; SET LOCAL statement_timeout = {}",
        pool.begin_statements(Mode::Read),
        limit.as_millis().max(1)
    );
    let asked = async {
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(settings)))
            .await?;
        let rows = Connection::Postgres(&mut connection)
            .rows(sql, binds, types)
            .await;
        connection.execute("ROLLBACK").await?;
        rows
    };
    match timeout(limit + GRACE, asked).await {
        Ok(rows) => rows,
        Err(_) => {
            // The server does not answer; its end of the connection stops with ours.
            drop(connection.detach());
            Err(timed_out())
        }
    }
}

fn timed_out() -> sqlx::Error {
    sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())
}
