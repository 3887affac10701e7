//! What captures found, read back from the event log.

use pings_model::{Metric, Ping, ValueType, Version};
use pings_sql::{Dialect, columns};
use serde_json::Value as Json;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Reporter, Value, is_weekly};
use crate::failure::of_query;
use pings_database::{Bind, Cell, Transaction};
use pings_payload::{Failure, FailureKind, Week};

/// What a capture came to, and when.
pub(super) struct Captured {
    pub(super) outcome: Result<Value, Failure>,
    pub(super) at: Option<OffsetDateTime>,
    /// The version that took it, if it can be read.
    pub(super) by: Option<Version>,
}

/// How a capture is found: those that were written last come first.
fn query(dialect: Dialect, weekly: bool) -> String {
    let (argument, at, window) = match dialect {
        Dialect::Sqlite => (
            "argument",
            "strftime('%Y-%m-%dT%H:%M:%fZ', timestamp, 'auto')",
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
    // A week is captured in it, or at any time after it.
    let window = if weekly { &window[..1] } else { &window[..] };
    format!(
        "SELECT {argument}, {at}, coalesce(version, '') FROM event_logs WHERE name = $1 AND source = 'BACKEND' AND {} \
         ORDER BY id DESC",
        window.join(" AND ")
    )
}

impl Reporter<'_> {
    /// The last capture of a week, or why there is none. One that failed is
    /// passed over, if there is one that did not; so is one of a week that was
    /// not over then, unless it is not over now either.
    pub(super) async fn captured(
        &self,
        tx: &mut Transaction,
        ping: &Ping,
        metric: &Metric,
        week: Week,
        now: OffsetDateTime,
    ) -> Captured {
        let none = |failure: Failure| Captured {
            outcome: Err(failure),
            at: None,
            by: None,
        };
        let weekly = is_weekly(ping);
        let [start, end] = week.borders();
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
        let mut failure = None;
        for row in rows {
            let Ok([Cell::Text(argument), Cell::Text(at), Cell::Text(version)]) =
                <[Cell; 3]>::try_from(row)
            else {
                continue;
            };
            let by = Version::of_build(&version).ok();
            let (Ok(json), Ok(at)) = (
                serde_json::from_str::<Json>(&argument),
                OffsetDateTime::parse(&at, &Rfc3339),
            ) else {
                continue;
            };
            let is_whole = week.is_complete(at) || !week.is_complete(now);
            if weekly && !(is_whole && is_of(&json, week)) {
                continue;
            }
            let value = match (json.get("value"), json.get("error").and_then(Json::as_str)) {
                (Some(value), _) => Value::kept(&columns(metric), value),
                (None, Some(error)) => {
                    let kind = json.get("failure").and_then(Json::as_str);
                    // Who wrote it may be older than the kinds.
                    let kind = kind.and_then(|kind| kind.parse().ok());
                    Err(Failure::new(kind.unwrap_or(FailureKind::Query), error))
                }
                // Whatever else is logged under that name.
                (None, None) => continue,
            };
            match value {
                Ok(value) => {
                    return Captured {
                        outcome: Ok(value),
                        at: Some(at),
                        by,
                    };
                }
                Err(reason) => failure = failure.or(Some((reason, at, by))),
            }
        }
        match failure {
            Some((reason, at, by)) => Captured {
                outcome: Err(reason),
                at: Some(at),
                by,
            },
            None => none(Failure::new(
                FailureKind::NotCaptured,
                "no capture was taken for this week",
            )),
        }
    }
}

/// Whether it was captured for that week.
fn is_of(json: &Json, week: Week) -> bool {
    json.get("week").and_then(Json::as_str) == Some(&week.to_string())
}
