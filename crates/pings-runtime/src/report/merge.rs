//! Merges rows of the same group after unreadable texts became NULL.
//!
//! A text in SQLite may hold bytes that are not UTF-8. Different texts of this kind are different
//! groups in the query, but the same group in the result.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use pings_database::Cell;
use pings_payload::{Failure, FailureKind};
use pings_sql::{Column, Role};

/// Merges the rows of each group by adding up their measures.
///
/// # Errors
///
/// Returns an error if rows of the same group have a measure that cannot be added up.
pub(super) fn merged(columns: &[Column], rows: Vec<Vec<Cell>>) -> Result<Vec<Vec<Cell>>, Failure> {
    let mut kept: Vec<Vec<Cell>> = Vec::with_capacity(rows.len());
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let has_null = dimensions(columns, &row).any(|cell| *cell == Cell::Null);
        if !has_null {
            kept.push(row);
            continue;
        }
        let group: Vec<&Cell> = dimensions(columns, &row).collect();
        match places.entry(format!("{group:?}")) {
            Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(row);
            }
            Entry::Occupied(place) => add(columns, &mut kept[*place.get()], row)?,
        }
    }
    Ok(kept)
}

fn dimensions<'r>(columns: &'r [Column], row: &'r [Cell]) -> impl Iterator<Item = &'r Cell> {
    let cells = columns.iter().zip(row);
    cells.filter_map(|(column, cell)| (column.role == Role::Dimension).then_some(cell))
}

fn add(columns: &[Column], to: &mut [Cell], row: Vec<Cell>) -> Result<(), Failure> {
    let measures = columns.iter().zip(to.iter_mut().zip(row));
    for (column, (to, cell)) in measures.filter(|(column, _)| column.role == Role::Measure) {
        let is_sum = matches!(column.name.as_str(), "count" | "sum");
        let sum = match (&*to, &cell) {
            _ if !is_sum => None,
            (Cell::Integer(a), Cell::Integer(b)) => a.checked_add(*b).map(Cell::Integer),
            (Cell::Number(a), Cell::Number(b)) => Some(Cell::Number(a + b)),
            _ => None,
        };
        *to = sum.ok_or_else(|| {
            let message = format!(
                "several texts are not UTF-8, so their `{}` cannot be summed",
                column.name
            );
            Failure::new(FailureKind::Query, message)
        })?;
    }
    Ok(())
}
