//! Detection of SQLite values that do not have the type declared in the registry.
//!
//! SQLite stores any value in any column. Values that a query would silently compare or compute
//! incorrectly are counted before the query runs.

use pings_model::{Capture, Column, ColumnType, Expr, ExprKind, Registry, Table, TableId};

use crate::dialect::{quote, time::has_no_such_day};
use crate::layout::{Block, Select};

/// Returns an SQLite query that counts the rows of a table, and in each of these columns the values
/// that do not have the declared type.
#[must_use]
pub fn misfits(table: &Table, columns: &[&Column]) -> String {
    let name = quote::qualified(&table.name);
    let counts = columns.iter().map(|column| {
        let value = quote::identifier(&column.name);
        let test = is_misfit(
            &format!("{}.{value}", quote::identifier(table.bare_name())),
            &column.ty,
        );
        Block::from("coalesce(sum(").then(test).then("), 0)")
    });
    let select = Select {
        columns: std::iter::once("count(*)".into()).chain(counts).collect(),
        from: vec![format!("FROM {name}").into()],
        ..Select::default()
    };
    select.block().finished()
}

/// Returns the name of the table, quoted as in queries.
#[must_use]
pub fn quoted_table(table: &Table) -> String {
    quote::qualified(&table.name)
}

fn is_misfit(value: &str, ty: &ColumnType) -> Block {
    match ty {
        // An unreadable document is NULL, so it is never counted.
        ColumnType::Json => "0".into(),
        ColumnType::Text | ColumnType::Enum(_) | ColumnType::Version => format!("typeof({value}) = 'blob'").into(),
        ColumnType::Number => format!("typeof({value}) IN ('text', 'blob')").into(),
        ColumnType::Integer => format!(
            "CASE typeof({value}) WHEN 'real' THEN {value} <> CAST({value} AS INTEGER) \
             WHEN 'text' THEN 1 WHEN 'blob' THEN 1 ELSE 0 END"
        )
        .into(),
        ColumnType::Boolean => format!(
            "CASE typeof({value}) WHEN 'text' THEN lower({value}) NOT IN \
             ('t', 'true', 'y', 'yes', 'on', '1', 'f', 'false', 'n', 'no', 'off', '0') \
             WHEN 'blob' THEN 1 ELSE 0 END"
        )
        .into(),
        // A text must begin with a date of the calendar: SQLite reads `12:00`, `now` and `20210126` as
        // times, too, and `2021-02-30` as a day in March.
        ColumnType::Timestamp => Block::from(format!("CASE typeof({value})"))
            .within("WHEN 'null' THEN 0")
            .within(format!(
                "WHEN 'text' THEN {value} NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]*' \
                 OR strftime('%s', {value}) IS NULL OR {}",
                has_no_such_day(value)
            ))
            .within("WHEN 'blob' THEN 1")
            // A number with eight digits is a date such as 20210126, not a second in 1970.
            .within(format!(
                "ELSE strftime('%s', {value}, 'auto') IS NULL OR {value} BETWEEN 10000000 AND 99999999"
            ))
            .below("END"),
    }
}

/// Returns the columns that a capture reads, including those inside `EXISTS`, without duplicates
/// and in order of first use.
#[must_use]
pub fn columns_read<'r>(registry: &'r Registry, capture: &Capture) -> Vec<(TableId, &'r Column)> {
    let mut found = Vec::new();
    for expr in capture.expressions() {
        visit(registry, expr, &mut found);
    }
    found
}

fn visit<'r>(registry: &'r Registry, expr: &Expr, found: &mut Vec<(TableId, &'r Column)>) {
    if let ExprKind::Column { table, column, .. } = &expr.kind
        && let Some(column) = registry.table(*table).column(column)
        && !found.contains(&(*table, column))
    {
        found.push((*table, column));
    }
    for part in expr.parts() {
        visit(registry, part, found);
    }
}
