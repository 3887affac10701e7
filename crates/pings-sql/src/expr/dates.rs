//! Periods of the calendar, dates and ages, in UTC and whatever the time zone of the session is.

use pings_model::{DateUnit, Expr, ExprKind};

use super::{arithmetic, presence, value};
use crate::binding::{Binding, Sql};
use crate::dialect::{Dialect, quote};
use crate::layout::Block;

/// Renders `trunc(week, x)` for a comparison with other times.
pub fn trunc(unit: DateUnit, time: &Expr, dialect: Dialect) -> Sql {
    let period = period(unit, time, dialect);
    match dialect {
        Dialect::Postgres => {
            Sql::primary(Block::from("extract(epoch FROM ").then(period).then(")"))
        }
        Dialect::Sqlite => Sql::new(period.then(" || ' 00:00:00.000'"), Binding::Concatenation),
    }
}

/// Renders the date of a time as a text such as `2026-11-30`.
pub fn text(time: &Expr, dialect: Dialect) -> Sql {
    let period = match &time.kind {
        ExprKind::Trunc(unit, time) => period(*unit, time, dialect),
        _ if dialect == Dialect::Postgres => timestamp(time),
        _ => Block::from("substr(")
            .then(value(time, dialect).alone())
            .then(", 1, 10)"),
    };
    Sql::primary(match dialect {
        Dialect::Postgres => Block::from("to_char(").then(period).then(", 'YYYY-MM-DD')"),
        Dialect::Sqlite => period,
    })
}

/// Renders `age_days(from, to)`. The offset makes the dividend positive, because integer division
/// rounds towards zero; it is longer than from the year 0 to the year 9999.
pub fn age_days(from: &Expr, to: &Expr, dialect: Dialect) -> Sql {
    const DAY: i64 = 86_400_000_000;
    const OFFSET: i64 = 4_000_000;
    let microseconds = |time: &Expr| match dialect {
        // An infinite time has no age.
        Dialect::Postgres => Block::from("(nullif(nullif(")
            .then(arithmetic::epoch(time, dialect))
            .then(", 'Infinity'), '-Infinity') * 1000000)::bigint"),
        Dialect::Sqlite => Block::from("(")
            .then(arithmetic::microseconds(time))
            .then(")"),
    };
    let days = Block::from("(")
        .within(microseconds(to))
        .within(Block::from("- ").then(microseconds(from)))
        .within(format!("+ {}", OFFSET * DAY))
        .below(format!(") / {DAY} - {OFFSET}"));
    Sql::new(days, Binding::Sum)
}

/// Returns the first instant of a period: a `timestamp` in PostgreSQL, a date in SQLite.
fn period(unit: DateUnit, time: &Expr, dialect: Dialect) -> Block {
    match dialect {
        Dialect::Postgres => Block::from(format!("date_trunc({}, ", quote::text(unit.as_str())))
            .then(timestamp(time))
            .then(")"),
        Dialect::Sqlite => {
            let second = second(time);
            let modifiers = match unit {
                DateUnit::Day => String::new(),
                DateUnit::Week => ", 'weekday 0', '-6 days'".to_owned(),
                DateUnit::Month => ", 'start of month'".to_owned(),
                DateUnit::Quarter => format!(
                    ", 'start of month', '-' || ((strftime('%m', {second}, 'auto', '+0 days') + 2) % 3) || ' months'"
                ),
                DateUnit::Year => ", 'start of year'".to_owned(),
            };
            // With `+0 days` the hour 24 is midnight of the next day.
            format!("date({second}, 'auto', '+0 days'{modifiers})").into()
        }
    }
}

/// Returns a time as a `timestamp` of PostgreSQL in UTC, without its fraction of a second.
fn timestamp(time: &Expr) -> Block {
    Block::from("to_timestamp(floor(")
        .then(arithmetic::epoch(time, Dialect::Postgres))
        .then(")) AT TIME ZONE 'UTC'")
}

/// Returns a time for the functions of SQLite, without its fraction of a second, which they would
/// round to milliseconds.
fn second(time: &Expr) -> String {
    let sql = match time.kind {
        ExprKind::Column { .. } => presence(time, Dialect::Sqlite),
        _ => value(time, Dialect::Sqlite),
    };
    let text = sql.within(Binding::Primary).finished();
    arithmetic::without_fraction(text.trim_end())
}
