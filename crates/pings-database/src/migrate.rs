//! Making the tables, in numbered steps that are each taken once.
//!
//! The library for migrations that sqlx has keeps its own table, which a
//! product that embeds this one may have already; and on SQLite it does not
//! keep two processes apart.

use pings_model::ValueType;
use pings_sql::Dialect;

use crate::{Bind, Error, Result, Transaction};

/// Takes the steps that were not taken yet, and notes them in a table of that
/// name. Another process that does the same at the same time waits, and finds
/// them taken. The number of a step is its place, from 1.
///
/// # Errors
///
/// Where a newer program took steps that this one does not know, and where the
/// database refuses one.
pub async fn migrate(tx: &mut Transaction, table: &str, steps: &[&str]) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        // Any number that nobody else has: the first bytes of "pings".
        tx.run("SELECT pg_advisory_xact_lock(482906203763)", &[])
            .await?;
    }
    tx.script(&format!(
        "CREATE TABLE IF NOT EXISTS {table} (step bigint PRIMARY KEY)"
    ))
    .await?;
    let taken = tx
        .value(
            &format!("SELECT coalesce(max(step), 0) FROM {table}"),
            &[],
            ValueType::Integer,
        )
        .await?
        .and_then(|cell| cell.integer())
        .unwrap_or_default();
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
            &format!("INSERT INTO {table} (step) VALUES ($1)"),
            &[Bind::Integer(step)],
        )
        .await?;
    }
    Ok(())
}
