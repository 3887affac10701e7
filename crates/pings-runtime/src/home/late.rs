//! Events that came after their week was put together.
//!
//! Rows are read in the order in which they came, so that what is late is seen
//! whatever time it has; and each only once, or twice near the end.

use std::collections::BTreeSet;

use pings_database::{Bind, Mode, Result};
use pings_model::{Registry, ValueType};
use pings_payload::{Week, rfc3339};
use pings_sql::Dialect;
use time::OffsetDateTime;

use super::build::logged_names;
use super::stale::GRACE;
use crate::event_log::EventLog;
use crate::import::line::parse_time;

/// PostgreSQL gives out ids before rows can be seen, and in no order among
/// those who write at once. So many rows before the last are read once more.
const OVERLAP: i64 = 10_000;

/// The weeks of what came since it was last read.
pub(super) struct Late {
    pub(super) weeks: BTreeSet<Week>,
    /// It was last read by a clock that was ahead, so any week may have late events.
    pub(super) is_any: bool,
    /// The last row that was read.
    pub(super) read_to: i64,
}

/// The weeks of what came since it was last read.
pub(super) async fn weeks(log: &EventLog, now: OffsetDateTime) -> Result<Late> {
    let mut tx = log.begin(Mode::Read).await?;
    let known = "SELECT read_to, read_at FROM pings_outbox_read";
    let known = tx
        .rows(known, &[], &[ValueType::Integer, ValueType::Text])
        .await?;
    let ahead = rfc3339(now + GRACE);
    let read_at = known.first().and_then(|row| row.get(1)?.text());
    let is_any = read_at.is_some_and(|read_at| *read_at > *ahead);
    let known = known.first().and_then(|row| row.first()?.integer());
    let newest = "SELECT max(id) FROM event_logs";
    let newest = tx.value(newest, &[], ValueType::Integer).await?;
    let read_to = newest.and_then(|cell| cell.integer()).unwrap_or(0);
    let Some(known) = known else {
        // Nothing was put together yet, so nothing is late.
        tx.rollback().await?;
        return Ok(Late {
            weeks: BTreeSet::new(),
            is_any,
            read_to,
        });
    };
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT DISTINCT date(timestamp) FROM event_logs \
             WHERE id > $1 AND timestamp >= '0001-01-01'"
        }
        Dialect::Postgres => {
            "SELECT DISTINCT to_char(timestamp, 'YYYY-MM-DD') FROM event_logs WHERE id > $1"
        }
    };
    let from = match tx.dialect() {
        Dialect::Sqlite => known,
        Dialect::Postgres => known.saturating_sub(OVERLAP),
    };
    let days = tx
        .rows(sql, &[Bind::Integer(from)], &[ValueType::Text])
        .await?;
    tx.rollback().await?;
    let weeks = days
        .iter()
        .filter_map(|row| parse_time(row.first()?.text()?))
        .map(Week::containing)
        .collect();
    Ok(Late {
        weeks,
        is_any,
        read_to: read_to.max(known),
    })
}

/// Notes how far the event log was read.
pub(super) async fn note(log: &EventLog, read_to: i64, now: OffsetDateTime) -> Result<()> {
    let mut tx = log.begin(Mode::Write).await?;
    let sql = "INSERT INTO pings_outbox_read (singleton, read_to, read_at) VALUES (1, $1, $2) \
               ON CONFLICT (singleton) DO UPDATE \
                 SET read_to = excluded.read_to, read_at = excluded.read_at";
    tx.run(sql, &[Bind::Integer(read_to), Bind::Text(&rfc3339(now))])
        .await?;
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
