//! The query that measures rows: the measures of each group.

use pings_model::ValueType;

use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select};
use crate::measure::{
    Group, MeasurePlan, Rows, Value, aggregate, finished, grouped, histogram, ordered,
};
use crate::names::Names;
use crate::sqlite_statistics;

/// Builds the query that measures rows. Without groups, the query returns exactly one row.
pub fn measured(rows: Rows, wanted: &[MeasurePlan<'_>], names: Names, dialect: Dialect) -> Block {
    let ranks = wanted.iter().any(|wanted| wanted.ranked_value().is_some());
    if dialect == Dialect::Sqlite && ranks {
        return sqlite_statistics::measured(rows, wanted, names);
    }
    let mut columns: Vec<Block> = rows.groups.iter().map(Group::selected).collect();
    columns.extend(
        wanted
            .iter()
            .flat_map(|wanted| aggregates(*wanted, &rows, dialect)),
    );
    let select = Select {
        columns,
        from: rows.from,
        conditions: rows.conditions,
        group_by: grouped(&rows.groups),
        order_by: ordered(&rows.groups, dialect),
        ..Select::default()
    };
    finished(rows.defined, select)
}

/// Returns the columns of a measure.
fn aggregates(wanted: MeasurePlan<'_>, rows: &Rows, dialect: Dialect) -> Vec<Block> {
    let calls = match wanted {
        MeasurePlan::Stats(value) => stats(&rows.values[value]),
        MeasurePlan::Percentiles(value, at) => at
            .iter()
            .map(|at| percentile(&rows.values[value], &at.fraction()))
            .collect(),
        MeasurePlan::Histogram(value, buckets) => histogram(
            rows.values[value].sql.clone().finished().trim_end(),
            buckets,
        ),
        _ => vec![aggregate(wanted, rows, dialect)],
    };
    calls
        .into_iter()
        .zip(wanted.names())
        .map(|(call, name)| call.then(format!(" AS {}", quote::identifier(&name))))
        .collect()
}

/// Renders the average, minimum, maximum, median and standard deviation for PostgreSQL.
fn stats(value: &Value) -> Vec<Block> {
    let cast = match value.ty {
        ValueType::Number => "",
        _ => "::double precision",
    };
    let call = |function: &str, rest: String| {
        Block::from(format!("{function}("))
            .then(value.sql.clone())
            .then(format!("){rest}"))
    };
    vec![
        call("avg", cast.to_owned()),
        call("min", cast.to_owned()),
        call("max", cast.to_owned()),
        percentile(value, "0.5"),
        // The deviation of fewer than two values is 0. PostgreSQL rounds the deviation of large
        // whole numbers.
        Block::from("coalesce(stddev_samp(")
            .then(value.sql.clone())
            .then(format!("{cast}), 0)")),
    ]
}

/// Renders a percentile for PostgreSQL.
fn percentile(value: &Value, fraction: &str) -> Block {
    Block::from(format!(
        "percentile_cont({fraction}) WITHIN GROUP (ORDER BY "
    ))
    .then(value.sql.clone())
    .then(")")
}
