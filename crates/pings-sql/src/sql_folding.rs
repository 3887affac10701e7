//! Folding of undeclared values in the result of hand-written SQL.
//!
//! The statement has already computed its measures, so the rows of several undeclared values can
//! only be combined by adding up whole numbers. A number with a fraction may be an average, so the
//! number of several undeclared values is NULL.

use pings_model::{SqlCapture, SqlColumn, ValueType};

use crate::dialect::{Dialect, quote};
use crate::fold::OTHER;
use crate::layout::{Block, Select, list};
use crate::measure::order;

/// The name of the result of the statement, whose columns have their declared types.
const TYPED: &str = "typed";

/// Returns the query with one row for each group of declared values.
pub fn folded(typed: Select, capture: &SqlCapture, dialect: Dialect) -> Block {
    let columns = capture.columns.iter().map(|column| {
        let value = match column.dimension {
            true => dimension(column, dialect),
            false => measure(column, dialect),
        };
        value.then(format!(" AS {}", quote::identifier(&column.name)))
    });
    let places = capture.columns.iter().zip(1..);
    let places = places.filter(|(column, _)| column.dimension);
    let places = places.map(|(column, place)| (column, place.to_string()));
    let places: Vec<(&SqlColumn, String)> = places.collect();
    let group_by = places.iter().map(|(_, place)| place.as_str().into());
    Select {
        columns: columns.collect(),
        from: vec![
            Block::from("FROM (")
                .within(typed.block())
                .below(format!(") AS {TYPED}")),
        ],
        group_by: group_by.collect(),
        order_by: places
            .iter()
            .map(|(column, _)| order(&sorted(column, dialect), column.ty, dialect))
            .collect(),
        ..Select::default()
    }
    .block()
}

/// Returns the column of the typed result.
fn name(column: &SqlColumn) -> String {
    format!("{TYPED}.{}", quote::identifier(&column.name))
}

/// Renders a dimension. In SQLite, a text keeps the collation of its column.
fn exact(column: &SqlColumn, dialect: Dialect) -> String {
    let name = name(column);
    match (column.ty, dialect) {
        (ValueType::Text, Dialect::Sqlite) => format!("{name} COLLATE BINARY"),
        _ => name,
    }
}

fn dimension(column: &SqlColumn, dialect: Dialect) -> Block {
    let value = exact(column, dialect);
    let Some(values) = &column.values else {
        return value.into();
    };
    let declared = values.iter().map(|value| quote::text(value).into());
    let is_declared = list(&format!("WHEN {value} IN ("), declared.collect(), ")");
    Block::from("CASE")
        .within(is_declared.then(format!(" THEN {value}")))
        .within(format!(
            "WHEN {value} IS NOT NULL THEN {}",
            quote::text(OTHER)
        ))
        .below("END")
}

/// Renders a dimension for `ORDER BY`: a position cannot have a collation.
fn sorted(column: &SqlColumn, dialect: Dialect) -> String {
    let rendered = dimension(column, dialect).finished();
    match (&column.values, dialect) {
        (Some(_), Dialect::Postgres) => format!("({})", rendered.trim_end()),
        _ => rendered.trim_end().to_owned(),
    }
}

/// Renders a measure. In SQLite, a value of another type is kept, so that the reader rejects it.
fn measure(column: &SqlColumn, dialect: Dialect) -> Block {
    let value = name(column);
    let is_whole = column.ty != ValueType::Number;
    let only = format!("CASE count(*) WHEN 1 THEN max({value}) END");
    match (dialect, is_whole) {
        (Dialect::Postgres, true) => format!("sum({value})::bigint").into(),
        (Dialect::Postgres, false) => only.into(),
        (Dialect::Sqlite, _) => {
            let (ty, combined) = match is_whole {
                true => ("integer", format!("sum({value})")),
                false => ("real", only),
            };
            format!(
                "coalesce(max(CASE WHEN typeof({value}) <> '{ty}' THEN {value} END), {combined})"
            )
            .into()
        }
    }
}
