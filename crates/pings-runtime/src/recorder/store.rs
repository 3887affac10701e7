//! Writing a batch to the database, once.

use std::path::Path;

use time::OffsetDateTime;

use super::counters::Counters;
use super::spill::Spill;
use crate::event_log::row::Row;
use crate::event_log::{EventLog, insert, insert_what_is_taken, is_refusal};
use pings_database::{Bind, Mode, Transaction};
use pings_payload::{Week, rfc3339};

/// A batch of a recorder.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) recorder: &'a str,
    pub(super) number: i64,
    pub(super) rows: &'a [Row<'a>],
    /// Whether it comes from the file.
    pub(super) is_spilled: bool,
}

/// Writes a batch with what was counted, unless it is there already.
///
/// Rows that the database refuses are kept beside the file; how many they were is returned.
pub(super) async fn write(
    log: &EventLog,
    batch: Batch<'_>,
    counted: &Counters,
    now: OffsetDateTime,
    folder: Option<&Path>,
) -> sqlx::Result<usize> {
    let mut tx = log.begin(Mode::Write).await?;
    let is_new = claim(&mut tx, batch, now).await?;
    let inserted = match is_new {
        true => insert(&mut tx, log.shape().users, batch.rows).await,
        false => Ok(()),
    };
    let rejected = match inserted {
        Ok(()) => 0,
        Err(error) if is_refusal(&error) => {
            tx.rollback().await?;
            tx = log.begin(Mode::Write).await?;
            claim(&mut tx, batch, now).await?;
            let refused = insert_what_is_taken(&mut tx, log.shape().users, batch.rows).await?;
            for (place, reason) in &refused {
                if let Some(folder) = folder {
                    // Where even that fails, the row is counted all the same.
                    let _ = Spill::reject(folder, &batch.rows[*place], reason);
                }
            }
            refused.len()
        }
        Err(error) => return Err(error),
    };
    let counted = Counters {
        // Counted where the file is read back, once, whoever wrote it.
        spilled: if is_new && batch.is_spilled {
            batch.rows.len() as u64
        } else {
            0
        },
        ..*counted
    };
    count(&mut tx, &counted, now).await?;
    tx.commit().await?;
    Ok(rejected)
}

/// Notes that the batch is written; false where it was before.
async fn claim(tx: &mut Transaction, batch: Batch<'_>, now: OffsetDateTime) -> sqlx::Result<bool> {
    let written_at = rfc3339(now);
    let cast = timestamp_cast(tx);
    let sql = format!(
        "INSERT INTO pings_recorders (recorder, batch, written_at) VALUES ($1, $2, $3{cast}) \
         ON CONFLICT (recorder) DO UPDATE \
           SET batch = excluded.batch, written_at = excluded.written_at \
           WHERE pings_recorders.batch < excluded.batch"
    );
    let binds = [
        Bind::Text(batch.recorder),
        Bind::Integer(batch.number),
        Bind::Text(&written_at),
    ];
    Ok(tx.run(&sql, &binds).await? == 1)
}

/// Texts are bound; where a column is a time, PostgreSQL wants to be told.
fn timestamp_cast(tx: &Transaction) -> &'static str {
    match tx.dialect() {
        pings_sql::Dialect::Postgres => "::text::timestamptz",
        pings_sql::Dialect::Sqlite => "",
    }
}

/// Adds to what was counted in this week.
async fn count(tx: &mut Transaction, counted: &Counters, now: OffsetDateTime) -> sqlx::Result<()> {
    let week = Week::containing(now).to_string();
    for (name, value) in counted
        .by_name()
        .into_iter()
        .filter(|(_, value)| *value > 0)
    {
        tx.run(
            "INSERT INTO pings_counters (week, name, value) VALUES ($1, $2, $3) \
             ON CONFLICT (week, name) DO UPDATE SET value = pings_counters.value + excluded.value",
            &[
                Bind::Text(&week),
                Bind::Text(name),
                Bind::Integer(value as i64),
            ],
        )
        .await?;
    }
    Ok(())
}

/// Forgets a recorder whose batches are all written and that writes no more.
pub(super) async fn forget(log: &EventLog, recorder: &str) -> sqlx::Result<()> {
    let mut tx = log.begin(Mode::Write).await?;
    tx.run(
        "DELETE FROM pings_recorders WHERE recorder = $1",
        &[Bind::Text(recorder)],
    )
    .await?;
    tx.commit().await
}
