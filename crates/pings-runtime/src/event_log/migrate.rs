//! Making the tables, in numbered steps that are each taken once.
//!
//! The library for migrations that sqlx has keeps its own table, which a
//! product that embeds this one may have already; and on SQLite it does not
//! keep two processes apart.

use pings_model::ValueType;
use pings_sql::Dialect;

use crate::database::{Bind, Transaction};
use crate::error::{Error, Result};

/// The steps, by dialect; the number of a step is its place, from 1.
const fn steps(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Sqlite => &[
            include_str!("../../migrations/sqlite/0001_event_logs.sql"),
            include_str!("../../migrations/sqlite/0002_runtime.sql"),
        ],
        Dialect::Postgres => &[
            include_str!("../../migrations/postgres/0001_event_logs.sql"),
            include_str!("../../migrations/postgres/0002_runtime.sql"),
        ],
    }
}

/// Takes the steps that were not taken yet. Another process that does the same
/// at the same time waits, and finds them taken.
pub(super) async fn migrate(tx: &mut Transaction) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        // Any number that nobody else has: the first bytes of "pings".
        tx.run("SELECT pg_advisory_xact_lock(482906203763)", &[])
            .await?;
    }
    tx.script("CREATE TABLE IF NOT EXISTS pings_migrations (step bigint PRIMARY KEY)")
        .await?;
    let taken = tx
        .value(
            "SELECT coalesce(max(step), 0) FROM pings_migrations",
            &[],
            ValueType::Integer,
        )
        .await?
        .and_then(|cell| cell.integer())
        .unwrap_or_default();
    let steps = steps(tx.dialect());
    let known = steps.len() as i64;
    if taken > known {
        return Err(Error::input(format!(
            "the database is at step {taken} of its tables and this program knows {known}\n\
             help: use the newest version of the program, as whoever made the tables did"
        )));
    }
    for (step, sql) in (1..).zip(steps).skip(taken as usize) {
        tx.script(sql).await?;
        tx.run(
            "INSERT INTO pings_migrations (step) VALUES ($1)",
            &[Bind::Integer(step)],
        )
        .await?;
    }
    Ok(())
}
