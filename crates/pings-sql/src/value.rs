//! Queries for values that the product sets.

use pings_model::{ValueKind, ValueMetric, ValueType};

use crate::column::{Column, Role};
use crate::dialect::time::{Border, border_instant, parameter};
use crate::dialect::{Dialect, quote};
use crate::fold::OTHER;
use crate::layout::{Block, list};

/// Returns the query for the last value of a code before the end of the window. Values that are not
/// measured are counted.
///
/// The registry may have declared another type when the value was set. Such a value is not selected,
/// and an undeclared text is `@other`.
pub fn query(code: &str, metric: &ValueMetric, dialect: Dialect) -> Block {
    let value = match (&metric.kind, dialect) {
        (ValueKind::Boolean, Dialect::Postgres) => Block::from("value::boolean"),
        (ValueKind::Boolean, Dialect::Sqlite) => "value = 'true'".into(),
        (ValueKind::Integer, Dialect::Postgres) => "value::bigint".into(),
        (ValueKind::Integer, Dialect::Sqlite) => "CAST(value AS INTEGER)".into(),
        (ValueKind::Number, Dialect::Postgres) => "value::double precision".into(),
        (ValueKind::Number, Dialect::Sqlite) => "CAST(value AS REAL)".into(),
        (ValueKind::Version | ValueKind::Date, _) => "value".into(),
        (ValueKind::Enum(values), _) => {
            let values = values.iter().map(|it| Block::from(quote::text(it)));
            Block::from("CASE WHEN value ")
                .then(list("IN (", values.collect(), ")"))
                .then(format!(" THEN value ELSE {} END", quote::text(OTHER)))
        }
    };
    let count = match (metric.kind.is_measured(), dialect) {
        (true, _) => "",
        (false, Dialect::Postgres) => ", 1::bigint AS count",
        (false, Dialect::Sqlite) => ", 1 AS count",
    };
    let [start, end] = [Border::Start, Border::End].map(|border| match dialect {
        Dialect::Postgres => parameter(border, dialect).to_owned(),
        // Times are stored in this form, and compare as texts.
        Dialect::Sqlite => border_instant(border, dialect),
    });
    let newest = Block::from("SELECT value")
        .below("FROM pings_values")
        .below(format!("WHERE code = {}", quote::text(code)))
        .within(format!("AND set_at < {end}"))
        // A query that takes the window must use both parameters.
        .within(format!("AND {start} < {end}"))
        .below("ORDER BY set_at DESC")
        .below("LIMIT 1");
    let query = Block::from("SELECT ")
        .then(value)
        .then(format!(" AS value{count}"))
        .below("FROM (")
        .within(newest)
        .below(") AS newest");
    match has_type(&metric.kind, dialect) {
        Some(condition) => query.below(format!("WHERE {condition}")),
        None => query,
    }
}

/// Returns the condition that the text of a value can be read as its type, in the form that
/// [`ValueKind::read`] returns.
fn has_type(kind: &ValueKind, dialect: Dialect) -> Option<&'static str> {
    let condition = match (kind, dialect) {
        (ValueKind::Boolean, _) => "value IN ('true', 'false')",
        (ValueKind::Integer, Dialect::Postgres) => "value ~ '^-?[0-9]{1,16}$'",
        (ValueKind::Integer, Dialect::Sqlite) => "value = CAST(CAST(value AS INTEGER) AS TEXT)",
        (ValueKind::Number, Dialect::Postgres) => r"value ~ '^-?[0-9]*\.?[0-9]+$'",
        (ValueKind::Number, Dialect::Sqlite) => {
            "value GLOB '*[0-9]' AND value NOT GLOB '*[^-0-9.]*' \
             AND value NOT GLOB '?*-*' AND value NOT GLOB '*.*.*'"
        }
        (ValueKind::Version, Dialect::Postgres) => r"value ~ '^[0-9]+\.[0-9]+\.[0-9]+$'",
        (ValueKind::Version, Dialect::Sqlite) => {
            "value GLOB '[0-9]*.[0-9]*.[0-9]*' AND value NOT GLOB '*[^0-9.]*' \
             AND value NOT GLOB '*.*.*.*'"
        }
        (ValueKind::Date, Dialect::Postgres) => "value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'",
        (ValueKind::Date, Dialect::Sqlite) => {
            "value GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'"
        }
        (ValueKind::Enum(_), _) => return None,
    };
    Some(condition)
}

/// Returns the columns that the query selects.
pub fn columns(metric: &ValueMetric) -> Vec<Column> {
    let column = |name: &str, ty, role| Column {
        name: name.to_owned(),
        ty,
        holds: ty,
        nullable: false,
        role,
    };
    let count = column("count", ValueType::Integer, Role::Measure);
    match metric.kind {
        ValueKind::Boolean => vec![column("value", ValueType::Boolean, Role::Dimension), count],
        ValueKind::Version | ValueKind::Date | ValueKind::Enum(_) => {
            vec![column("value", ValueType::Text, Role::Dimension), count]
        }
        ValueKind::Integer => vec![column("value", ValueType::Integer, Role::Measure)],
        ValueKind::Number => vec![column("value", ValueType::Number, Role::Measure)],
    }
}
