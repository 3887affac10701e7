//! Reads the results of captures from the event log.

use std::time::Duration;

use pings_model::{Aggregation, Metric, Period, Ping, PingType, Span, ValueType, Version};
use pings_sql::{Dialect, PLAIN_TIME, columns};
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::value;
use crate::failure::of_query;
use pings_database::{Bind, Cell, Transaction};
use pings_payload::{Failure, FailureKind, Value};

/// The result of a capture, and when it was taken.
pub(crate) struct Captured {
    pub(crate) outcome: Result<Value, Failure>,
    pub(crate) at: Option<OffsetDateTime>,
    /// The version that took the capture, if the version can be parsed.
    pub(super) by: Option<Version>,
    /// Whether the capture was taken again on request.
    pub(super) is_retaken: bool,
    /// How long it took to read the capture.
    pub(super) took: Duration,
}

/// Returns the query for the captures of a metric, newest first.
fn query(dialect: Dialect, weekly: bool) -> String {
    let (argument, at, window) = match dialect {
        Dialect::Sqlite => (
            "argument",
            PLAIN_TIME,
            ["timestamp >= date($2)", "timestamp < date($3)"],
        ),
        Dialect::Postgres => (
            "argument::text",
            "to_char(timestamp, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
            [
                "timestamp >= $2::text::timestamptz",
                "timestamp < $3::text::timestamptz",
            ],
        ),
    };
    // A weekly capture is taken in its week or at any later time.
    let window = if weekly { &window[..1] } else { &window[..] };
    format!(
        "SELECT {argument}, {at}, coalesce(version, '') FROM event_logs WHERE name = $1 AND source = 'BACKEND' AND {} \
         ORDER BY id DESC",
        window.join(" AND ")
    )
}

/// Returns the capture for a window, or the reason why there is none.
///
/// For a capture of the current state, the last one in the week counts. For a weekly capture, the
/// first one after the end of the window counts, until another is taken on request. A failed
/// capture counts only if no capture succeeded.
pub(crate) async fn captured(
    tx: &mut Transaction,
    ping: &Ping,
    metric: &Metric,
    span: Span,
    now: OffsetDateTime,
) -> Captured {
    let none = |failure: Failure| Captured {
        outcome: Err(failure),
        at: None,
        by: None,
        is_retaken: false,
        took: Duration::ZERO,
    };
    let weekly = is_weekly(ping);
    let [start, end] = span.borders();
    let is_over = |at: OffsetDateTime| span.end() <= at;
    let mut binds = vec![Bind::Text(&metric.code), Bind::Text(&start)];
    if !weekly {
        binds.push(Bind::Text(&end));
    }
    let sql = query(tx.dialect(), weekly);
    let types = [ValueType::Text; 3];
    let rows = match tx.rows(&sql, &binds, &types).await {
        Ok(rows) => rows,
        Err(error) => return none(of_query(&error)),
    };
    let (mut standing, mut failure) = (None, None);
    for row in rows {
        let Some((json, captured)) = read(row, metric) else {
            continue;
        };
        let is_whole = captured.at.is_some_and(is_over);
        if weekly && !((is_whole || !is_over(now)) && is_of(&json, span)) {
            continue;
        }
        if captured.outcome.is_err() {
            failure = failure.or(Some(captured));
            continue;
        }
        let is_last = !weekly || !is_whole || captured.is_retaken;
        standing = Some(captured);
        if is_last {
            break;
        }
    }
    standing.or(failure).unwrap_or_else(|| {
        let message = match (span.period(), is_over(now)) {
            (Period::Week, true) => "no capture was taken for this week",
            (Period::Week, false) => "no capture was taken for this week yet",
            (_, true) => "no capture was taken for this window",
            (_, false) => "no capture was taken for this window yet",
        };
        none(Failure::new(FailureKind::NotCaptured, message))
    })
}

/// Reads a logged capture with its JSON. Returns `None` if another kind of row has its name.
fn read(row: Vec<Cell>, metric: &Metric) -> Option<(Json, Captured)> {
    let Ok([Cell::Text(argument), Cell::Text(at), Cell::Text(version)]) =
        <[Cell; 3]>::try_from(row)
    else {
        return None;
    };
    let json: Json = serde_json::from_str(&argument).ok()?;
    let at = OffsetDateTime::parse(&at, &Rfc3339).ok()?;
    let outcome = match (json.get("value"), json.get("error").and_then(Json::as_str)) {
        (Some(stored), _) => value::kept(&columns(metric), stored),
        (None, Some(error)) => {
            let kind = json.get("failure").and_then(Json::as_str);
            // A version without failure kinds may have written the row.
            let kind = kind.and_then(|kind| kind.parse().ok());
            Err(Failure::new(kind.unwrap_or(FailureKind::Query), error))
        }
        (None, None) => return None,
    };
    let captured = Captured {
        outcome,
        at: Some(at),
        by: Version::of_build(&version).ok(),
        is_retaken: json.get("retaken").and_then(Json::as_bool) == Some(true),
        took: Duration::ZERO,
    };
    Some((json, captured))
}

/// Returns whether the capture was taken for that window. A capture of a week has no `window`. The
/// same month is a window of several weeks.
fn is_of(json: &Json, span: Span) -> bool {
    let text = |key: &str| json.get(key).and_then(Json::as_str);
    let [start, _] = span.borders();
    match span.period() {
        Period::Week => {
            let week = span.first_week().to_string();
            text("window").is_none() && text("week") == Some(&week)
        }
        period => text("window") == Some(period.as_str()) && text("start") == Some(&start),
    }
}

/// Returns whether a ping is captured for a week, and not for the current state.
pub(crate) fn is_weekly(ping: &Ping) -> bool {
    ping.kind == PingType::BeCapture && ping.aggregation == Aggregation::Weekly
}
