//! Finds columns of the product whose values a query would read wrongly without an error.
//!
//! SQLite stores any value in any column. Each table is scanned once for all captures that read it.
//! PostgreSQL enforces types, but a collation may treat different texts as equal.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::time::Duration;

use pings_database::{Bind, Cell, Database, Mode, Transaction};
use pings_model::{Capture, Column, ColumnType, Registry, Table, TableId, ValueType};
use pings_payload::{Failure, FailureKind};
use pings_sql::{Dialect, columns_read};

use super::isolated;

/// A column whose values do not match the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The name of the table.
    pub table: String,
    /// The name of the column.
    pub column: String,
    /// The fault in its values.
    pub fault: MisfitFault,
}

/// A fault in the values of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MisfitFault {
    /// Some values do not have the declared type, or are times that cannot be parsed.
    Values {
        /// The type in the registry.
        declared: ColumnType,
        /// The number of rows with a wrong value.
        count: i64,
        /// The number of rows in the table.
        of: i64,
    },
    /// The collation of the column treats different texts as equal.
    Collation {
        /// The name of the collation.
        collation: String,
    },
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, column, .. } = self;
        match &self.fault {
            MisfitFault::Values {
                declared,
                count,
                of,
            } => {
                let what = match declared {
                    ColumnType::Timestamp => "invalid times",
                    ColumnType::Integer => "values that are not integers",
                    ColumnType::Number => "values that are not numbers",
                    ColumnType::Boolean => "values that are not booleans",
                    ColumnType::Text | ColumnType::Enum(_) | ColumnType::Version => {
                        "bytes instead of text"
                    }
                    ColumnType::Json => "invalid JSON",
                };
                write!(
                    f,
                    "`{table}.{column}` contains {what} in {count} of {of} rows"
                )
            }
            MisfitFault::Collation { collation } => write!(
                f,
                "`{table}.{column}` has the collation `{collation}`, which treats different texts as equal"
            ),
        }
    }
}

/// The misfits of tables that were already checked.
#[derive(Default)]
pub(super) struct Known(BTreeMap<TableId, Result<Vec<Misfit>, Failure>>);

impl Known {
    /// Returns a failure if the capture would read a column whose values do not match the registry.
    pub(super) async fn refuse(
        &mut self,
        product: &Database,
        registry: &Registry,
        capture: &Capture,
        limit: Duration,
    ) -> Result<(), Failure> {
        for (id, column) in columns_read(registry, capture) {
            let table = registry.table(id);
            if let Entry::Vacant(place) = self.0.entry(id) {
                let columns: Vec<&Column> = table.columns.iter().collect();
                place.insert(misfits(product, table, &columns, limit).await);
            }
            match self.0.get(&id) {
                Some(Ok(all)) => {
                    if let Some(misfit) = all.iter().find(|it| it.column == column.name) {
                        return Err(Failure::new(FailureKind::Query, misfit.to_string()));
                    }
                }
                Some(Err(failure)) if failure.kind == FailureKind::TimeLimit => {
                    return Err(failure.clone());
                }
                // The query of the capture reports a missing table or column more precisely.
                Some(Err(_)) | None => {}
            }
        }
        Ok(())
    }
}

/// Returns the columns of a table whose values do not match the registry.
pub(crate) async fn misfits(
    product: &Database,
    table: &Table,
    columns: &[&Column],
    limit: Duration,
) -> Result<Vec<Misfit>, Failure> {
    match product.dialect() {
        Dialect::Sqlite => in_sqlite(product, table, columns, limit).await,
        Dialect::Postgres => in_postgres(product, table, columns).await,
    }
}

async fn in_sqlite(
    product: &Database,
    table: &Table,
    columns: &[&Column],
    limit: Duration,
) -> Result<Vec<Misfit>, Failure> {
    let sql = pings_sql::misfits(table, columns);
    let types = vec![ValueType::Integer; columns.len() + 1];
    let rows = isolated::ask(product, &sql, &[], &types, limit).await?;
    let counts: Vec<i64> = rows
        .into_iter()
        .flatten()
        .map(|cell| cell.integer().unwrap_or_default())
        .collect();
    let of = counts.first().copied().unwrap_or_default();
    Ok(columns
        .iter()
        .zip(counts.iter().skip(1))
        .filter(|(_, count)| **count > 0)
        .map(|(column, count)| Misfit {
            table: table.name.clone(),
            column: column.name.clone(),
            fault: MisfitFault::Values {
                declared: column.ty.clone(),
                count: *count,
                of,
            },
        })
        .collect())
}

async fn in_postgres(
    product: &Database,
    table: &Table,
    columns: &[&Column],
) -> Result<Vec<Misfit>, Failure> {
    let asked = async {
        let mut tx = product.begin(Mode::Read).await?;
        let found = collations(&mut tx, table).await;
        tx.rollback().await?;
        found
    };
    let found = asked
        .await
        .map_err(|error| crate::failure::of_query(&error))?;
    let is_text = |ty: &ColumnType| {
        matches!(
            ty,
            ColumnType::Text | ColumnType::Enum(_) | ColumnType::Version
        )
    };
    Ok(columns
        .iter()
        .filter(|column| is_text(&column.ty))
        .filter_map(|column| {
            let collation = found.get(&column.name)?.clone();
            Some(Misfit {
                table: table.name.clone(),
                column: column.name.clone(),
                fault: MisfitFault::Collation { collation },
            })
        })
        .collect())
}

/// Returns the columns of a table with a nondeterministic collation, with the name of the
/// collation.
async fn collations(tx: &mut Transaction, table: &Table) -> sqlx::Result<BTreeMap<String, String>> {
    let sql = "SELECT a.attname::text, c.collname::text \
        FROM pg_attribute AS a JOIN pg_collation AS c ON c.oid = a.attcollation \
        WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped \
          AND NOT c.collisdeterministic";
    let name = pings_sql::quoted_table(table);
    let rows = tx
        .rows(sql, &[Bind::Text(&name)], &[ValueType::Text; 2])
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 2]>::try_from(row) {
            Ok([Cell::Text(column), Cell::Text(collation)]) => Some((column, collation)),
            _ => None,
        })
        .collect())
}
