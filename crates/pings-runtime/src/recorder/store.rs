//! Writes a batch to the database, exactly once.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pings_model::ValueType;
use pings_sql::Dialect;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::counters::{ClientCounters, Counters};
use super::received::Losses;
use super::seen;
use super::spill::Spill;
use crate::event_log::row::{Row, write_timestamp};
use crate::event_log::{EventLog, UserIdColumn, insert, is_refusal};
use pings_database::{Bind, Mode, Transaction, reason};
use pings_payload::{Week, rfc3339};

/// A batch of a recorder.
#[derive(Clone, Copy)]
pub(super) struct Batch<'a> {
    pub(super) recorder: &'a str,
    pub(super) number: i64,
    pub(super) rows: &'a [Row<'a>],
    /// The number of rows at the end of the batch whose callers wait for an acknowledgement.
    pub(super) durable: usize,
    /// Whether the batch was read from a spill file.
    pub(super) is_spilled: bool,
}

/// The rows of a batch that the database rejects: the index of each row, and the reason.
pub(super) type Refused = BTreeMap<usize, String>;

/// What became of the rows of a batch that were not simply logged.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// The rows that the database refuses.
    pub(super) refused: Refused,
    /// The file that keeps the refused rows: `None` if there are none, or no folder for them.
    pub(super) file: Option<PathBuf>,
    /// The rows that were left out, and not refused.
    pub(super) skipped: Skipped,
}

/// The places of rows with an id that were left out.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    /// Rows that were logged before.
    pub(super) duplicates: BTreeSet<usize>,
    /// Rows whose events happened while gathering was switched off.
    pub(super) off: BTreeSet<usize>,
}

/// The result of a transaction.
enum Added {
    /// The transaction was committed.
    All(Skipped),
    /// The transaction was rolled back, because a trigger of the database left out these rows.
    LeftOut(Refused),
}

/// The conditions under which a batch is written.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The counters since the last batch.
    pub(super) counted: &'a Counters,
    pub(super) now: OffsetDateTime,
    /// The folder for rows that the database rejects.
    pub(super) folder: Option<&'a Path>,
    /// The time limit of each transaction.
    pub(super) limit: Duration,
}

/// Writes a batch and the counters, unless the batch was written before.
///
/// Rows that the database rejects do not block other rows. The rejected rows are written to a
/// second file and returned.
pub(super) async fn write(
    log: &EventLog,
    batch: Batch<'_>,
    terms: Terms<'_>,
) -> sqlx::Result<Written> {
    let mut written = Written::default();
    let mut is_searched = false;
    loop {
        let more = match add(log, batch, &written.refused, terms).await {
            Ok(Added::All(skipped)) => {
                written.skipped = skipped;
                return Ok(written);
            }
            Ok(Added::LeftOut(rows)) => rows,
            Err(error) if is_refusal(&error) && !is_searched => {
                is_searched = true;
                find_refused(log, batch.rows, terms.limit).await?
            }
            Err(error) => return Err(error),
        };
        if let Some(folder) = terms.folder {
            let rows = more.iter();
            let rows = rows.map(|(place, reason)| (batch.rows[*place], reason.as_str()));
            // If the rows cannot be kept, the batch goes to the spill file or stays in it.
            let file = Spill::reject(folder, batch.recorder, rows).map_err(sqlx::Error::Io)?;
            written.file = file.or(written.file);
        }
        written.refused.extend(more);
    }
}

/// Writes the rows of a batch except those that are rejected and those that were logged before.
async fn add(
    log: &EventLog,
    batch: Batch<'_>,
    refused: &Refused,
    terms: Terms<'_>,
) -> sqlx::Result<Added> {
    within(terms.limit, async {
        let mut tx = log.begin_within(Mode::Write, terms.limit).await?;
        let mut counted = Counters {
            spilled: 0,
            ..*terms.counted
        };
        let mut skipped = Skipped::default();
        if claim(&mut tx, batch, terms.now).await? {
            skipped.off = seen::from_off_times(&mut tx, batch.rows).await?;
            let is_left_out = |place| refused.contains_key(&place) || skipped.off.contains(&place);
            skipped.duplicates = seen::note(&mut tx, batch.rows, is_left_out, terms.now).await?;
            let is_left = |place| !is_left_out(place) && !skipped.duplicates.contains(&place);
            let left = (0..).zip(batch.rows).filter(|(place, _)| is_left(*place));
            let (mut events, mut losses) = (Vec::new(), ClientCounters::default());
            for (place, row) in left {
                match Losses::of(row) {
                    Some(lost) => losses.add(lost),
                    None => events.push((place, *row)),
                }
            }
            let rows: Vec<Row<'_>> = events.iter().map(|(_, row)| *row).collect();
            if insert(&mut tx, log.shape(), &rows).await? < rows.len() as u64 {
                let first = batch.rows.len() - batch.durable;
                events.retain(|(place, _)| *place >= first);
                let left_out = left_out(&mut tx, log.shape().users, &events).await?;
                if !left_out.is_empty() {
                    tx.rollback().await?;
                    return Ok(Added::LeftOut(left_out));
                }
            }
            if batch.is_spilled {
                // Spilled rows are counted once, when any process reads the file back.
                let is_event = |row: &&Row<'_>| Losses::of(row).is_none();
                counted.spilled = batch.rows.iter().filter(is_event).count() as u64;
            }
            counted = counted.plus(Counters {
                client: losses,
                ..Counters::default()
            });
        }
        count(&mut tx, counted, terms.now).await?;
        tx.commit().await?;
        Ok(Added::All(skipped))
    })
    .await
}

/// Returns the durable rows that were inserted but cannot be found: a trigger may skip a row
/// without an error. A trigger may also move the row to another table, such as a partition, of
/// which the event log is a view or the parent; then the row is found.
async fn left_out(
    tx: &mut Transaction,
    users: UserIdColumn,
    rows: &[(usize, Row<'_>)],
) -> sqlx::Result<Refused> {
    let cast = timestamp_cast(tx);
    let sql = format!(
        "SELECT count(*) FROM event_logs \
         WHERE name = $1 AND timestamp = $2{cast} AND coalesce(CAST(user_id AS text), '') = $3 \
           AND anonymous_user_id = $4"
    );
    let mut left_out = Refused::new();
    for (place, row) in rows {
        let (mut at, user) = (String::new(), users.shown(row.user_id));
        write_timestamp(row.timestamp, &mut at);
        let binds = [row.name, &at, &user, row.anonymous_user_id].map(Bind::Text);
        let found = tx.value(&sql, &binds, ValueType::Integer).await?;
        if found.and_then(|cell| cell.integer()).unwrap_or(0) == 0 {
            let reason = "a trigger of the database skips the row".to_owned();
            left_out.insert(*place, reason);
        }
    }
    Ok(left_out)
}

/// Finds the rows that the database rejects, by bisecting the batch. Each part is tried in a
/// separate transaction that is rolled back: some triggers and constraints of SQLite end the whole
/// transaction, and deferred constraints of PostgreSQL are only checked at its end.
async fn find_refused(log: &EventLog, rows: &[Row<'_>], limit: Duration) -> sqlx::Result<Refused> {
    let mut refused = Refused::new();
    let mut parts = vec![(0, rows.len())];
    while let Some((start, end)) = parts.pop() {
        match within(limit, try_rows(log, &rows[start..end], limit)).await {
            Ok(()) => {}
            Err(error) if !is_refusal(&error) => return Err(error),
            Err(error) if end - start <= 1 => {
                refused.insert(start, reason(&error));
            }
            Err(_) => {
                let middle = start.midpoint(end);
                parts.extend([(middle, end), (start, middle)]);
            }
        }
    }
    Ok(refused)
}

/// Inserts the rows and rolls back. Returns an error if the database would reject them.
async fn try_rows(log: &EventLog, rows: &[Row<'_>], limit: Duration) -> sqlx::Result<()> {
    let mut tx = log.begin_within(Mode::Write, limit).await?;
    let events = rows.iter().filter(|row| Losses::of(row).is_none());
    let events: Vec<Row<'_>> = events.copied().collect();
    let mut tried = insert(&mut tx, log.shape(), &events).await.map(|_| ());
    if tried.is_ok() && tx.dialect() == Dialect::Postgres {
        tried = tx
            .run("SET CONSTRAINTS ALL IMMEDIATE", &[])
            .await
            .map(|_| ());
    }
    // SQLite may have rolled back already. The rollback then fails, and the first error is
    // returned.
    let rolled_back = tx.rollback().await;
    tried?;
    rolled_back
}

/// Runs work with a time limit. If the work is cancelled, it is unknown which parts were done.
async fn within<T>(
    limit: Duration,
    work: impl Future<Output = sqlx::Result<T>>,
) -> sqlx::Result<T> {
    timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(sqlx::Error::Io(ErrorKind::TimedOut.into())))
}

/// Records the batch number. Returns false if the batch was written before.
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

/// Parameters are bound as text; PostgreSQL needs an explicit cast to a timestamp.
fn timestamp_cast(tx: &Transaction) -> &'static str {
    match tx.dialect() {
        Dialect::Postgres => "::text::timestamptz",
        Dialect::Sqlite => "",
    }
}

/// The largest count: 2^53 - 1, the range that JSON represents exactly. Clients report counts, too,
/// and an overflow would fail every further batch.
const LARGEST: i64 = (1 << 53) - 1;

/// Adds the counters to those of the current week.
async fn count(tx: &mut Transaction, counted: Counters, now: OffsetDateTime) -> sqlx::Result<()> {
    let week = Week::containing(now).to_string();
    for (name, value) in counted
        .by_name()
        .into_iter()
        .filter(|(_, value)| *value > 0)
    {
        tx.run(
            &format!(
                "INSERT INTO pings_counters (week, name, value) VALUES ($1, $2, $3) \
                 ON CONFLICT (week, name) DO UPDATE SET value = \
                   CASE WHEN pings_counters.value > {LARGEST} - excluded.value THEN {LARGEST} \
                   ELSE pings_counters.value + excluded.value END"
            ),
            &[
                Bind::Text(&week),
                Bind::Text(name),
                Bind::Integer(i64::try_from(value).map_or(LARGEST, |value| value.min(LARGEST))),
            ],
        )
        .await?;
    }
    Ok(())
}

/// Removes some of the ids of events that can no longer arrive, and returns whether there are more.
pub(super) async fn forget_received(log: &EventLog, now: OffsetDateTime) -> sqlx::Result<bool> {
    let mut tx = log.begin(Mode::Write).await?;
    let removed = seen::forget(&mut tx, now).await?;
    tx.commit().await?;
    Ok(removed == seen::FEW)
}

/// Removes the record of a recorder that has stopped and whose batches are all written.
pub(super) async fn forget(log: &EventLog, recorder: &str) -> sqlx::Result<()> {
    let mut tx = log.begin(Mode::Write).await?;
    tx.run(
        "DELETE FROM pings_recorders WHERE recorder = $1",
        &[Bind::Text(recorder)],
    )
    .await?;
    tx.commit().await
}
