//! Events that came after their week was put together.
//!
//! Rows are read in the order in which they came, so that what is late is seen
//! whatever time it has; and each only once, or twice near the end.

use std::collections::BTreeSet;

use pings_database::{Bind, Mode, Result};
use pings_model::{Registry, ValueType};
use pings_payload::{Week, rfc3339};
use pings_sql::Dialect;

use super::build::logged_names;
use crate::event_log::EventLog;
use crate::import::line::parse_time;

/// PostgreSQL gives out ids before rows can be seen, and in no order among
/// those who write at once. So many rows before the last are read once more.
const OVERLAP: i64 = 10_000;

/// The weeks of what came since it was last read.
pub(super) struct Late {
    pub(super) weeks: BTreeSet<Week>,
    /// The last row that was read.
    pub(super) read_to: i64,
}

/// The weeks, up to that one, of what came since it was last read.
pub(super) async fn weeks(log: &EventLog, last: Week) -> Result<Late> {
    let mut tx = log.begin(Mode::Read).await?;
    let known = "SELECT max(read_to) FROM pings_outbox_read";
    let known = tx.value(known, &[], ValueType::Integer).await?;
    let newest = "SELECT max(id) FROM event_logs";
    let newest = tx.value(newest, &[], ValueType::Integer).await?;
    let read_to = newest.and_then(|cell| cell.integer()).unwrap_or(0);
    let Some(known) = known.and_then(|cell| cell.integer()) else {
        // Nothing was put together yet, so nothing is late.
        tx.rollback().await?;
        return Ok(Late {
            weeks: BTreeSet::new(),
            read_to,
        });
    };
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT DISTINCT date(timestamp) FROM event_logs \
             WHERE id > $1 AND timestamp >= '0001-01-01' AND date(timestamp) < date($2)"
        }
        Dialect::Postgres => {
            "SELECT DISTINCT to_char(timestamp, 'YYYY-MM-DD') FROM event_logs \
             WHERE id > $1 AND timestamp < $2::text::timestamptz"
        }
    };
    let from = match tx.dialect() {
        Dialect::Sqlite => known,
        Dialect::Postgres => known.saturating_sub(OVERLAP),
    };
    let end = rfc3339(last.end());
    let binds = [Bind::Integer(from), Bind::Text(&end)];
    let days = tx.rows(sql, &binds, &[ValueType::Text]).await?;
    tx.rollback().await?;
    let weeks = days
        .iter()
        .filter_map(|row| parse_time(row.first()?.text()?))
        .map(Week::containing)
        .collect();
    Ok(Late {
        weeks,
        read_to: read_to.max(known),
    })
}

/// Notes how far the event log was read.
pub(super) async fn note(log: &EventLog, read_to: i64) -> Result<()> {
    let mut tx = log.begin(Mode::Write).await?;
    let sql = "INSERT INTO pings_outbox_read (singleton, read_to) VALUES (1, $1) \
               ON CONFLICT (singleton) DO UPDATE SET read_to = excluded.read_to";
    tx.run(sql, &[Bind::Integer(read_to)]).await?;
    tx.commit().await?;
    Ok(())
}

/// The week of the first that was logged in that week or after it.
pub(super) async fn first_week(
    log: &EventLog,
    registry: &Registry,
    oldest: Week,
) -> Result<Option<Week>> {
    let mut tx = log.begin(Mode::Read).await?;
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT date(timestamp) FROM event_logs WHERE name = $1 \
             AND timestamp >= date($2, '-1 day') AND date(timestamp) >= date($2) \
             ORDER BY timestamp LIMIT 1"
        }
        Dialect::Postgres => {
            "SELECT to_char(timestamp, 'YYYY-MM-DD') FROM event_logs WHERE name = $1 \
             AND timestamp >= $2::text::timestamptz ORDER BY timestamp LIMIT 1"
        }
    };
    let start = rfc3339(oldest.start());
    let mut first: Option<Week> = None;
    for name in logged_names(registry) {
        let binds = [Bind::Text(name), Bind::Text(&start)];
        let day = tx.value(sql, &binds, ValueType::Text).await?;
        let week = day
            .and_then(|cell| parse_time(cell.text()?))
            .map(Week::containing);
        first = match (first, week) {
            (Some(first), Some(week)) => Some(first.min(week)),
            (first, week) => first.or(week),
        };
    }
    tx.rollback().await?;
    Ok(first)
}
