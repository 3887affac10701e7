//! Points in time, compared exactly whatever the column and the session's zone.
//!
//! PostgreSQL compares a `timestamp` with a `timestamptz` in the session's time
//! zone. The epoch of either is the same everywhere: a `timestamp` without a
//! zone is taken as UTC, which is what it holds. No index knows the epoch, so a
//! bound that is a day too wide, more than any zone is off, stands beside it.
//!
//! SQLite keeps time as text in one of several forms, or as whole seconds.

use super::{Dialect, quote};
use crate::EventLog;

/// An end of the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The first instant of it.
    Start,
    /// The first instant after it.
    End,
}

/// The border as it is bound.
pub fn parameter(border: Border, dialect: Dialect) -> &'static str {
    match (dialect, border) {
        (Dialect::Postgres, Border::Start) => "$1::timestamptz",
        (Dialect::Postgres, Border::End) => "$2::timestamptz",
        (Dialect::Sqlite, Border::Start) => "?1",
        (Dialect::Sqlite, Border::End) => "?2",
    }
}

/// The border as hand-written SQL takes it: a `timestamptz`, or a date as text.
pub fn border_value(border: Border, dialect: Dialect) -> String {
    let parameter = parameter(border, dialect);
    match dialect {
        Dialect::Postgres => parameter.to_owned(),
        Dialect::Sqlite => format!("date({parameter})"),
    }
}

/// A time, in the form in which any two can be compared.
pub fn instant(time: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => format!("extract(epoch FROM {time})"),
        // `auto` reads whole numbers as seconds since 1970 and leaves texts as they are. With `+0 days`
        // the hour 24 is midnight of the next day.
        Dialect::Sqlite => format!("strftime('%Y-%m-%d %H:%M:%f', {time}, 'auto', '+0 days')"),
    }
}

/// A border, to be compared with an [`instant`]. It is bound as text or as a time, never as a number.
pub fn border_instant(border: Border, dialect: Dialect) -> String {
    let parameter = parameter(border, dialect);
    match dialect {
        Dialect::Postgres => instant(parameter, dialect),
        Dialect::Sqlite => format!("strftime('%Y-%m-%d %H:%M:%f', {parameter})"),
    }
}

/// A literal `YYYY-MM-DD hh:mm:ss`, to be compared with an [`instant`].
pub fn literal_instant(time: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Postgres => instant(&format!("{}::timestamp", quote::text(time)), dialect),
        Dialect::Sqlite => quote::text(&format!("{time}.000")),
    }
}

/// What holds of every time at or after the border, and uses an index.
pub fn not_long_before(time: &str, border: Border, dialect: Dialect) -> Option<String> {
    let parameter = parameter(border, dialect);
    (dialect == Dialect::Postgres).then(|| format!("{time} >= {parameter} - interval '1 day'"))
}

/// What holds of every time at or before the border, and uses an index.
pub fn not_long_after(time: &str, border: Border, dialect: Dialect) -> Option<String> {
    let parameter = parameter(border, dialect);
    (dialect == Dialect::Postgres).then(|| format!("{time} <= {parameter} + interval '1 day'"))
}

/// What holds of every event of the window and after, and uses an index.
///
/// In SQLite a log's time is a text with a date first, and no offset is as long as a day.
pub fn hardly_before_start(dialect: Dialect) -> String {
    let parameter = parameter(Border::Start, dialect);
    match dialect {
        Dialect::Postgres => format!("timestamp >= {parameter} - interval '1 day'"),
        Dialect::Sqlite => format!("timestamp >= date({parameter}, '-1 day')"),
    }
}

/// What holds of every event of the window and before, and uses an index.
pub fn hardly_after_end(dialect: Dialect) -> String {
    let parameter = parameter(Border::End, dialect);
    match dialect {
        Dialect::Postgres => format!("timestamp <= {parameter} + interval '1 day'"),
        Dialect::Sqlite => format!("timestamp < date({parameter}, '+1 day')"),
    }
}

/// That a log's time can be a time at all: in SQLite `''`, `0` and `'0'` are none.
pub fn is_dated(dialect: Dialect) -> Option<&'static str> {
    (dialect == Dialect::Sqlite).then_some("timestamp >= '0001-01-01'")
}

/// That a log's time begins with a day of the calendar: SQLite reads `2021-02-30` as a day in March.
pub fn is_of_calendar(dialect: Dialect) -> Option<&'static str> {
    let condition = "date(substr(timestamp, 1, 10), '+0 days') = substr(timestamp, 1, 10)";
    (dialect == Dialect::Sqlite).then_some(condition)
}

/// Whether an event was logged at or after the first instant of the window.
pub fn logged_since_start(log: EventLog) -> String {
    logged(">=", Border::Start, log)
}

/// Whether an event was logged before the first instant after the window.
pub fn logged_before_end(log: EventLog) -> String {
    logged("<", Border::End, log)
}

/// Where times compare as they are, the column itself is compared, which uses an
/// index. In SQLite a border is midnight, of which the date alone sorts before every
/// form of the first instant and after every form of the last one before it.
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
