//! Schema migrations in numbered steps, each of which runs once.
//!
//! The migration library of sqlx uses its own table, which a product that embeds this crate may
//! already have, and does not synchronize two processes on SQLite.

use pings_model::ValueType;
use pings_sql::Dialect;

use crate::cell::Bind;
use crate::error::{Error, Result};
use crate::transaction::Transaction;

/// Runs the steps that did not run yet, and records them in a table with this name. If another
/// process does the same concurrently, it waits and then finds the steps done. Steps are numbered
/// by position, starting at 1.
///
/// # Errors
///
/// Returns an error if a newer program ran steps that this program does not know, or if the
/// database rejects a step.
pub async fn migrate(tx: &mut Transaction, table: &str, steps: &[&str]) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        // An arbitrary number, which all processes must use for the same lock.
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
            "the schema of the database is at step {taken}, but this program supports only step {known}\n\
             help: use the newest version of the program"
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
