//! Queries for values that the product sets.

use pings_model::{ValueKind, ValueMetric, ValueType};

use crate::column::{Column, Role};
use crate::dialect::time::{Border, border_instant, parameter};
use crate::dialect::{Dialect, quote};
use crate::layout::Block;

/// Returns the query for the last value of a code before the end of the window. Values that are not
/// measured are counted.
pub fn query(code: &str, metric: &ValueMetric, dialect: Dialect) -> Block {
    let value = match (&metric.kind, dialect) {
        (ValueKind::Boolean, Dialect::Postgres) => "value::boolean",
        (ValueKind::Boolean, Dialect::Sqlite) => "value = 'true'",
        (ValueKind::Integer, Dialect::Postgres) => "value::bigint",
        (ValueKind::Integer, Dialect::Sqlite) => "CAST(value AS INTEGER)",
        (ValueKind::Number, Dialect::Postgres) => "value::double precision",
        (ValueKind::Number, Dialect::Sqlite) => "CAST(value AS REAL)",
        (ValueKind::Version | ValueKind::Date | ValueKind::Enum(_), _) => "value",
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
    Block::from(format!("SELECT {value} AS value{count}"))
        .below("FROM pings_values")
        .below(format!("WHERE code = {}", quote::text(code)))
        .within(format!("AND set_at < {end}"))
        // A query that takes the window must use both parameters.
        .within(format!("AND {start} < {end}"))
        .below("ORDER BY set_at DESC")
        .below("LIMIT 1")
}

/// Returns the columns that the query selects.
pub fn columns(metric: &ValueMetric) -> Vec<Column> {
    let column = |name: &str, ty, role| Column {
        name: name.to_owned(),
        ty,
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
