//! Exact comparisons of points in time, independent of the column type and the session's time zone.
//!
//! PostgreSQL compares a `timestamp` with a `timestamptz` in the session's time zone. The epoch
//! does not depend on the time zone: a `timestamp` without a time zone is interpreted as UTC. An
//! index on the column cannot be used for the epoch, so each comparison gets an additional
//! condition that is one day wider, which is more than any time zone offset.
//!
//! SQLite stores times as text in one of several formats, or as whole seconds.

use super::{Dialect, quote};
use crate::EventLog;

/// A bound of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The first instant of the window.
    Start,
    /// The first instant after the window.
    End,
    /// The time of the run of captures, which have no window.
    Now,
}

/// Returns the bound as a query parameter.
pub fn parameter(border: Border, dialect: Dialect) -> &'static str {
    match (dialect, border) {
        (Dialect::Postgres, Border::Start | Border::Now) => "$1::timestamptz",
        (Dialect::Postgres, Border::End) => "$2::timestamptz",
        (Dialect::Sqlite, Border::Start | Border::Now) => "?1",
        (Dialect::Sqlite, Border::End) => "?2",
    }
}

/// Returns the bound for hand-written SQL: a `timestamptz`, or in SQLite a text, which is a date for
/// the bounds of the window.
pub fn border_value(border: Border, dialect: Dialect) -> String {
    let parameter = parameter(border, dialect);
    match (dialect, border) {
        (Dialect::Postgres, _) => parameter.to_owned(),
        (Dialect::Sqlite, Border::Now) => format!("datetime({parameter})"),
        (Dialect::Sqlite, _) => format!("date({parameter})"),
    }
}

/// Returns a time in a form that can be compared with any other time.
pub fn instant(time: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("extract(epoch FROM {time})"),
        // `auto` reads whole numbers as seconds since 1970 and leaves texts as they are. With `+0 days`
        // the hour 24 is midnight of the next day.
        Dialect::Sqlite => format!("strftime('%Y-%m-%d %H:%M:%f', {time}, 'auto', '+0 days')"),
    }
}

/// Returns a bound for a comparison with an [`instant`]. The parameter is a text or a time, never a
/// number.
pub fn border_instant(border: Border, dialect: Dialect) -> String {
    let parameter = parameter(border, dialect);
    match dialect {
        Dialect::Postgres => instant(parameter, dialect),
        Dialect::Sqlite => format!("strftime('%Y-%m-%d %H:%M:%f', {parameter})"),
    }
}

/// Returns a literal `YYYY-MM-DD hh:mm:ss` for a comparison with an [`instant`].
pub fn literal_instant(time: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => instant(&format!("{}::timestamp", quote::text(time)), dialect),
        Dialect::Sqlite => quote::text(&format!("{time}.000")),
    }
}

/// Returns a condition that can use an index and is true for every time at or after the bound.
pub fn not_long_before(time: &str, border: Border, dialect: Dialect) -> Option<String> {
    let parameter = parameter(border, dialect);
    (dialect == Dialect::Postgres).then(|| format!("{time} >= {parameter} - interval '1 day'"))
}

/// Returns a condition that can use an index and is true for every time at or before the bound.
pub fn not_long_after(time: &str, border: Border, dialect: Dialect) -> Option<String> {
    let parameter = parameter(border, dialect);
    (dialect == Dialect::Postgres).then(|| format!("{time} <= {parameter} + interval '1 day'"))
}

/// Returns a condition that can use an index and is true for every event in or after the window.
///
/// In SQLite, the time in a log is a text that starts with a date, and no offset is as long as a
/// day.
pub fn hardly_before_start(dialect: Dialect) -> String {
    let parameter = parameter(Border::Start, dialect);
    match dialect {
        Dialect::Postgres => format!("timestamp >= {parameter} - interval '1 day'"),
        Dialect::Sqlite => format!("timestamp >= date({parameter}, '-1 day')"),
    }
}

/// Returns a condition that can use an index and is true for every event in or before the window.
pub fn hardly_after_end(dialect: Dialect) -> String {
    let parameter = parameter(Border::End, dialect);
    match dialect {
        Dialect::Postgres => format!("timestamp <= {parameter} + interval '1 day'"),
        Dialect::Sqlite => format!("timestamp < date({parameter}, '+1 day')"),
    }
}

/// Returns a condition that excludes values that cannot be a time: in SQLite `''`, `0` and `'0'`.
pub fn is_dated(dialect: Dialect) -> Option<&'static str> {
    (dialect == Dialect::Sqlite).then_some("timestamp >= '0001-01-01'")
}

/// That a log's time begins with a day of the calendar: SQLite reads `2021-02-30` as a day in March.
pub fn is_of_calendar(dialect: Dialect) -> Option<&'static str> {
    let condition = "date(substr(timestamp, 1, 10), '+0 days') = substr(timestamp, 1, 10)";
    (dialect == Dialect::Sqlite).then_some(condition)
}

/// Returns the condition that an event was logged at or after the start of the window.
pub fn logged_since_start(log: EventLog) -> String {
    logged(">=", Border::Start, log)
}

/// Returns the condition that an event was logged before the end of the window.
pub fn logged_before_end(log: EventLog) -> String {
    logged("<", Border::End, log)
}

/// Compares the column itself if its values can be compared directly, so that an index is used. In
/// SQLite a bound is midnight, and a date without a time sorts before every format of that instant
/// and after every format of the last instant before it.
fn logged(comparison: &str, border: Border, log: EventLog) -> String {
    let dialect = log.dialect;
    match dialect {
        Dialect::Postgres if log.compares_exactly() => {
            format!("timestamp {comparison} {}", parameter(border, dialect))
        }
        Dialect::Sqlite if log.compares_exactly() => {
            format!("timestamp {comparison} {}", border_value(border, dialect))
        }
        Dialect::Postgres => format!(
            "{} {comparison} {}",
            instant("timestamp", dialect),
            border_instant(border, dialect)
        ),
        Dialect::Sqlite => format!(
            "strftime('%Y-%m-%d %H:%M:%f', timestamp, '+0 days') {comparison} {}",
            border_instant(border, dialect)
        ),
    }
}

/// The time of an event in the form that the runtime writes, whatever form SQLite
/// holds: in UTC, to the millisecond. It is NULL if SQLite cannot read the time, or if
/// its day is not in the calendar.
///
/// A modifier makes SQLite read the hour 24 as midnight of the next day; without one it
/// returns the 24. Days up to the 28th and hours up to 23 need no second look.
pub const PLAIN_TIME: &str = "CASE WHEN timestamp GLOB '????-??-??T??:??:??.???Z' \
     AND substr(timestamp, 9, 2) < '29' AND substr(timestamp, 12, 2) < '24' THEN timestamp \
     WHEN timestamp >= '0001-01-01' AND date(substr(timestamp, 1, 10), '+0 days') = substr(timestamp, 1, 10) \
     THEN strftime('%Y-%m-%dT%H:%M:%fZ', timestamp, '+0 days') END";

/// That a text of SQLite begins with a day that is not in the calendar, such as `2021-02-30`.
#[must_use]
pub fn has_no_such_day(time: &str) -> String {
    format!("date(substr({time}, 1, 10), '+0 days') IS NOT substr({time}, 1, 10)")
}
