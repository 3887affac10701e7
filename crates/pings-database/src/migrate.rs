//! Schema migrations in numbered steps, each of which runs once.
//!
//! The migration library of sqlx uses its own table, which a product that embeds this crate may
//! already have, and does not synchronize two processes on SQLite.

use pings_model::ValueType;
use pings_sql::Dialect;
use sha2::{Digest, Sha256};

use crate::cell::Bind;
use crate::error::{Error, Result};
use crate::transaction::Transaction;

/// The versions of a schema before and after a migration: the number of the last step, or 0 before
/// the first one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SchemaVersions {
    /// The version before.
    pub from: u32,
    /// The version after.
    pub to: u32,
}

impl SchemaVersions {
    /// Returns whether the migration changed tables that an earlier program made.
    #[must_use]
    pub fn is_upgrade(self) -> bool {
        0 < self.from && self.from < self.to
    }
}

/// Runs the steps that did not run yet, and records them with their checksums in a table with this
/// name. If another process does the same concurrently, it waits and then finds the steps done.
/// Steps are numbered by position, starting at 1.
///
/// # Errors
///
/// Returns an error if a newer program ran steps that this program does not know, if a step that
/// ran was another one, or if the database rejects a step.
pub async fn migrate(tx: &mut Transaction, table: &str, steps: &[&str]) -> Result<SchemaVersions> {
    if tx.dialect() == Dialect::Postgres {
        // An arbitrary number, which all processes must use for the same lock.
        tx.run("SELECT pg_advisory_xact_lock(482906203763)", &[])
            .await?;
    }
    tx.script(&format!(
        "CREATE TABLE IF NOT EXISTS {table} (step bigint PRIMARY KEY, checksum text)"
    ))
    .await?;
    add_checksums(tx, table).await?;
    let types = [ValueType::Integer, ValueType::Text];
    let sql = format!("SELECT step, checksum FROM {table} ORDER BY step");
    let taken = tx.rows(&sql, &[], &types).await?;
    let last = taken.last().and_then(|row| row[0].integer()).unwrap_or(0);
    let known = steps.len() as i64;
    if last > known {
        return Err(Error::input(format!(
            "the schema of the database has version {last}, but this program supports only version {known}\n\
             help: use the newest version of the program, or restore the backup from before the upgrade"
        )));
    }
    for row in &taken {
        let step = row[0].integer().unwrap_or(0);
        let index = usize::try_from(step - 1).ok();
        let Some(sql) = index.and_then(|index| steps.get(index)) else {
            continue;
        };
        let checksum = checksum(sql);
        match row[1].text() {
            Some(recorded) if recorded != checksum => {
                return Err(Error::input(format!(
                    "step {step} of the schema of the database differs from that of this program: {table} has the checksum {recorded} and not {checksum}\n\
                     help: use the program that wrote the database, or restore a backup"
                )));
            }
            Some(_) => {}
            // A program that kept no checksums ran the step.
            None => {
                let sql = format!("UPDATE {table} SET checksum = $1 WHERE step = $2");
                tx.run(&sql, &[Bind::Text(&checksum), Bind::Integer(step)])
                    .await?;
            }
        }
    }
    for (step, sql) in (1..).zip(steps).skip(last as usize) {
        tx.script(sql).await?;
        tx.run(
            &format!("INSERT INTO {table} (step, checksum) VALUES ($1, $2)"),
            &[Bind::Integer(step), Bind::Text(&checksum(sql))],
        )
        .await?;
    }
    Ok(SchemaVersions {
        from: u32::try_from(last).unwrap_or(u32::MAX),
        to: steps.len() as u32,
    })
}

/// Adds the column with the checksums to a table of an earlier program.
async fn add_checksums(tx: &mut Transaction, table: &str) -> Result<()> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            format!("SELECT count(*) FROM pragma_table_info('{table}') WHERE name = 'checksum'")
        }
        Dialect::Postgres => format!(
            "SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('{table}') \
               AND attname = 'checksum' AND NOT attisdropped"
        ),
    };
    let found = tx.value(&sql, &[], ValueType::Integer).await?;
    if found.and_then(|cell| cell.integer()) == Some(0) {
        tx.script(&format!("ALTER TABLE {table} ADD COLUMN checksum text"))
            .await?;
    }
    Ok(())
}

/// Returns the first 128 bits of the SHA-256 digest of a step.
fn checksum(sql: &str) -> String {
    hex::encode(&Sha256::digest(sql)[..16])
}
