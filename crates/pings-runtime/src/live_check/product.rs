//! Checks the product's tables against a registry.

use std::time::Duration;

use pings_model::{Column, ColumnType, Metric, Table, ValueType};
use pings_sql::Dialect;

use super::finding::Finding;
use super::scope::Live;
use super::similar::by_a_letter;
use super::types::{RealColumn, fits_postgres, fits_sqlite};
use crate::capture::{Captures, misfits};
use pings_database::Result;
use pings_database::{Bind, Cell, Database, Mode, Transaction};

/// The time limit for scanning a table.
const LIMIT: Duration = Duration::from_secs(60);

pub(super) async fn check(
    live: &Live<'_>,
    database: &Database,
    name: Option<&str>,
) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut there: Vec<(&Table, Vec<&Column>)> = Vec::new();
    let mut tx = database.begin(Mode::Read).await?;
    let tables = live.registry.tables().iter();
    for table in tables.filter(|table| table.database.as_deref() == name) {
        let real = columns(&mut tx, &table.name).await?;
        if real.is_empty() {
            findings.push(Finding::MissingTable {
                table: table.name.clone(),
            });
        } else {
            let hidden = match tx.dialect() {
                Dialect::Postgres => hidden_rows(&mut tx, &table.name).await?,
                Dialect::Sqlite => None,
            };
            let found = of_table(table, &real, tx.dialect());
            let is_missing = |column: &Column| {
                found.iter().any(|finding| {
                    matches!(finding, Finding::MissingColumn { column: missing, .. } if *missing == column.name)
                })
            };
            let columns = table.columns.iter().filter(|column| !is_missing(column));
            // A table with hidden rows is not scanned.
            if hidden.is_none() {
                there.push((table, columns.collect()));
            }
            findings.extend(found);
            findings.extend(hidden);
        }
    }
    tx.rollback().await?;
    for (table, columns) in there {
        // If a table cannot be scanned, its captures fail as well. They are reported below.
        if let Ok(found) = misfits(database, table, &columns, LIMIT).await {
            findings.extend(found.into_iter().map(Finding::Misfit));
        }
    }
    // Planning each capture finds what the tables do not show, such as errors in hand-written SQL
    // and missing privileges.
    let is_known = |code: &str| {
        let (_, metric) = live.registry.metric(code)?;
        let pings_model::Source::Capture(capture) = &metric.source else {
            return None;
        };
        capture
            .tables()
            .into_iter()
            .map(|table| &live.registry.table(table.table).name)
            .find(|name| findings.iter().any(|it| is_about(it, name)))
    };
    let whole = live.registry;
    let of_database = |metric: &Metric| whole.database_of(metric) == name;
    let registry = whole.clone().retain_metrics(|_, it| of_database(it));
    let planned = Captures::new(database, &registry, live.now)
        .plan(|_| {})
        .await;
    let failed: Vec<Finding> = planned
        .into_iter()
        .filter_map(|planned| Some((planned.plan.err()?, planned.code)))
        .filter(|(_, code)| is_known(code).is_none())
        .map(|(reason, code)| Finding::CaptureFails {
            code,
            reason: reason.message,
        })
        .collect();
    findings.extend(failed);
    Ok(findings)
}

/// Returns whether a finding already explains why captures of a table fail.
fn is_about(finding: &Finding, name: &str) -> bool {
    match finding {
        Finding::MissingTable { table }
        | Finding::MissingColumn { table, .. }
        | Finding::HiddenRows { table, .. } => table == name,
        _ => false,
    }
}

fn of_table(table: &Table, real: &[RealColumn], dialect: Dialect) -> Vec<Finding> {
    let mut findings = Vec::new();
    for column in &table.columns {
        let found = real.iter().find(|real| match dialect {
            Dialect::Postgres => real.name == column.name,
            Dialect::Sqlite => real.name.eq_ignore_ascii_case(&column.name),
        });
        let Some(found) = found else {
            let names = real.iter().map(|real| real.name.as_str());
            findings.push(Finding::MissingColumn {
                table: table.name.clone(),
                column: column.name.clone(),
                near: by_a_letter(&column.name, names).map(str::to_owned),
            });
            continue;
        };
        let fits = match dialect {
            Dialect::Postgres => fits_postgres(found, &column.ty),
            Dialect::Sqlite => fits_sqlite(found, &column.ty),
        };
        if !fits {
            findings.push(Finding::WrongType {
                table: table.name.clone(),
                column: column.name.clone(),
                declared: column.ty.clone(),
                real: found.ty.clone(),
            });
            continue;
        }
        if let (ColumnType::Enum(declared), false) = (&column.ty, found.labels.is_empty()) {
            let only = |some: &[String], others: &[String]| -> Vec<String> {
                let only = some.iter().filter(|value| !others.contains(value));
                only.cloned().collect()
            };
            let impossible = only(declared, &found.labels);
            let undeclared = only(&found.labels, declared);
            if !(impossible.is_empty() && undeclared.is_empty()) {
                findings.push(Finding::EnumDiffers {
                    table: table.name.clone(),
                    column: column.name.clone(),
                    impossible,
                    undeclared,
                });
            }
        }
    }
    findings
}

/// Returns the columns of a table or view; empty if it does not exist.
async fn columns(tx: &mut Transaction, table: &str) -> Result<Vec<RealColumn>> {
    match tx.dialect() {
        Dialect::Postgres => columns_of_postgres(tx, table).await,
        Dialect::Sqlite => columns_of_sqlite(tx, table).await,
    }
}

/// The separator between enum values. No enum value contains this character.
const BETWEEN: char = '\u{1}';

async fn columns_of_postgres(tx: &mut Transaction, table: &str) -> Result<Vec<RealColumn>> {
    // A domain is resolved to its base type.
    let sql = "\
        SELECT a.attname::text, \
          format_type(t.oid, CASE WHEN t.oid = a.atttypid THEN a.atttypmod ELSE d.typtypmod END), \
          t.typcategory::text, \
          coalesce((SELECT string_agg(e.enumlabel, chr(1) ORDER BY e.enumsortorder) \
            FROM pg_enum AS e WHERE e.enumtypid = t.oid), '') \
        FROM pg_attribute AS a \
        JOIN pg_type AS d ON d.oid = a.atttypid \
        JOIN pg_type AS t ON t.oid = CASE WHEN d.typtype = 'd' THEN d.typbasetype ELSE d.oid END \
        WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped \
        ORDER BY a.attnum";
    let types = [ValueType::Text; 4];
    let rows = tx.rows(sql, &[Bind::Text(&quoted(table))], &types).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 4]>::try_from(row) {
            Ok(
                [
                    Cell::Text(name),
                    Cell::Text(ty),
                    Cell::Text(category),
                    Cell::Text(labels),
                ],
            ) => {
                let labels = labels.split(BETWEEN).filter(|label| !label.is_empty());
                Some(RealColumn {
                    name,
                    ty,
                    category,
                    labels: labels.map(str::to_owned).collect(),
                })
            }
            _ => None,
        })
        .collect())
}

/// Returns a finding if row-level security applies to the role, so that captures of the table fail.
async fn hidden_rows(tx: &mut Transaction, table: &str) -> Result<Option<Finding>> {
    let sql = "SELECT current_user::text WHERE row_security_active(to_regclass($1)::oid)";
    let binds = [Bind::Text(&quoted(table))];
    let role = tx.value(sql, &binds, ValueType::Text).await?;
    Ok(role.and_then(|cell| {
        Some(Finding::HiddenRows {
            table: table.to_owned(),
            role: cell.text()?.to_owned(),
        })
    }))
}

/// Quotes the name of a table for SQL.
fn quoted(table: &str) -> String {
    let parts = table.split('.');
    let parts: Vec<String> = parts
        .map(|part| format!("\"{}\"", part.replace('"', "\"\"")))
        .collect();
    parts.join(".")
}

async fn columns_of_sqlite(tx: &mut Transaction, table: &str) -> Result<Vec<RealColumn>> {
    let (schema, name) = match table.split_once('.') {
        Some((schema, name)) => (schema, name),
        None => ("main", table),
    };
    // The join with `pragma_database_list` avoids the error for a schema that is not attached.
    let sql = "SELECT info.name, info.type \
        FROM pragma_database_list AS schemas, pragma_table_xinfo($1, schemas.name) AS info \
        WHERE schemas.name = $2";
    let binds = [Bind::Text(name), Bind::Text(schema)];
    let rows = tx.rows(sql, &binds, &[ValueType::Text; 2]).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 2]>::try_from(row) {
            Ok([Cell::Text(name), Cell::Text(ty)]) => Some(RealColumn {
                name,
                ty,
                category: String::new(),
                labels: Vec::new(),
            }),
            _ => None,
        })
        .collect())
}
