//! Finds events that arrived after their week was assembled.
//!
//! Rows are read in the order of their ids, so that late events are found regardless of their time.
//! Each row is read once; on PostgreSQL the last rows are read again.

use std::collections::BTreeSet;

use pings_database::{Bind, Mode, Result, Transaction};
use pings_model::{EventMeasure, Metric, Period, Registry, Source, ValueType};
use pings_payload::{Week, rfc3339};
use pings_sql::{Dialect, PLAIN_TIME};
use serde_json::Value as Json;
use time::OffsetDateTime;

use super::stale::GRACE;
use crate::event_log::EventLog;
use crate::import::line::parse_time;
use crate::running::counted_names;

/// How many rows before the last are read again. PostgreSQL assigns ids before rows are visible,
/// and concurrent writers commit in any order.
const OVERLAP: i64 = 10_000;

/// The weeks with events that arrived since the log was last read.
pub(super) struct Late {
    pub(super) weeks: BTreeSet<Week>,
    /// Whether the clock was ahead when the log was last read, so that any week may have late
    /// events.
    pub(super) is_any: bool,
    /// The id of the last row that was read.
    pub(super) read_to: i64,
}

/// The number of weeks after a week that may have a window with one of its days: a month of 31 days
/// counts until the next one has ended.
const WEEKS_OF_WINDOWS: u32 = 9;

impl Late {
    /// Adds the weeks up to `newest` whose values a late week changes: that have a window with one of
    /// its days, and all later weeks if users are counted when they come for the first time.
    pub(super) fn add_weeks_of_windows(&mut self, registry: &Registry, newest: Week) {
        let windows = registry
            .metrics()
            .flat_map(|(_, metric)| metric.other_windows());
        let windows: BTreeSet<Period> = windows.collect();
        let has_first_times = |metric: &Metric| match &metric.source {
            Source::Events(events) => events.measures.contains(&EventMeasure::FirstTimeUsers),
            _ => false,
        };
        let changes_all = windows.contains(&Period::AllTime)
            || registry
                .metrics()
                .any(|(_, metric)| has_first_times(metric));
        for late in self.weeks.clone() {
            if changes_all {
                let later = std::iter::successors(Some(late), |week| Some(week.forward(1)));
                self.weeks.extend(later.take_while(|week| *week <= newest));
                continue;
            }
            let later = (1..=WEEKS_OF_WINDOWS).map(|weeks| late.forward(weeks));
            self.weeks.extend(later.filter(|week| {
                let mut spans = windows.iter().flat_map(|window| window.spans(*week));
                spans.any(|span| span.weeks().any(|it| it == late))
            }));
        }
    }
}

/// Returns the weeks with events that arrived since the log was last read.
pub(super) async fn weeks(log: &EventLog, now: OffsetDateTime) -> Result<Late> {
    let mut tx = log.begin(Mode::Read).await?;
    let known = "SELECT read_to, read_at FROM pings_outbox_read";
    let known = tx
        .rows(known, &[], &[ValueType::Integer, ValueType::Text])
        .await?;
    let ahead = rfc3339(now.saturating_add(GRACE));
    let read_at = known.first().and_then(|row| row.get(1)?.text());
    let is_any = read_at.is_some_and(|read_at| *read_at > *ahead);
    let known = known.first().and_then(|row| row.first()?.integer());
    let newest = "SELECT max(id) FROM event_logs";
    let newest = tx.value(newest, &[], ValueType::Integer).await?;
    let read_to = newest.and_then(|cell| cell.integer()).unwrap_or(0);
    let Some(known) = known else {
        // No week was assembled yet, so no event is late.
        tx.rollback().await?;
        return Ok(Late {
            weeks: BTreeSet::new(),
            is_any,
            read_to,
        });
    };
    let sql: &str = match tx.dialect() {
        Dialect::Sqlite => &format!(
            "SELECT DISTINCT date({PLAIN_TIME}) FROM event_logs \
             WHERE id > $1 AND timestamp >= '0001-01-01'"
        ),
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
    let captured = captured(&mut tx, from).await?;
    tx.rollback().await?;
    let weeks = days
        .iter()
        .filter_map(|row| parse_time(row.first()?.text()?))
        .map(Week::containing)
        .chain(captured)
        .collect();
    Ok(Late {
        weeks,
        is_any,
        read_to: read_to.max(known),
    })
}

/// Returns the weeks of captures that were taken since the log was last read.
async fn captured(tx: &mut Transaction, from: i64) -> Result<Vec<Week>> {
    let text = match tx.dialect() {
        Dialect::Sqlite => "argument",
        Dialect::Postgres => "argument::text",
    };
    let sql = format!(
        "SELECT {text} FROM event_logs \
         WHERE id > $1 AND source = 'BACKEND' AND {text} LIKE '%\"week\"%'"
    );
    let rows = tx
        .rows(&sql, &[Bind::Integer(from)], &[ValueType::Text])
        .await?;
    let weeks = rows.iter().filter_map(|row| {
        let argument: Json = serde_json::from_str(row.first()?.text()?).ok()?;
        argument.get("week")?.as_str()?.parse().ok()
    });
    Ok(weeks.collect())
}

/// Records how far the event log was read.
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

/// Returns the first week with logged events, not before `oldest`.
pub(super) async fn first_week(
    log: &EventLog,
    registry: &Registry,
    oldest: Week,
) -> Result<Option<Week>> {
    let mut tx = log.begin(Mode::Read).await?;
    let sql: &str = match tx.dialect() {
        Dialect::Sqlite => &format!(
            "SELECT date({PLAIN_TIME}) FROM event_logs WHERE name = $1 \
             AND timestamp >= date($2, '-1 day') AND date({PLAIN_TIME}) >= date($2) \
             ORDER BY timestamp LIMIT 1"
        ),
        Dialect::Postgres => {
            "SELECT to_char(timestamp, 'YYYY-MM-DD') FROM event_logs WHERE name = $1 \
             AND timestamp >= $2::text::timestamptz ORDER BY timestamp LIMIT 1"
        }
    };
    let start = rfc3339(oldest.start());
    let mut first: Option<Week> = None;
    for name in counted_names(&mut tx, registry).await? {
        let binds = [Bind::Text(&name), Bind::Text(&start)];
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
