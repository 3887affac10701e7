//! Copies the tables other than the event log.

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;

use super::columns::{Column, columns};

/// The number of rows that are read at once.
const SOME: usize = 50_000;

/// Returns the tables to copy, without the event log and tables that describe a database itself.
pub(super) async fn names(tx: &mut Transaction) -> Result<Vec<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'pings\\_%' ESCAPE '\\' \
               AND name NOT IN ('pings_migrations', 'pings_migrated') ORDER BY name"
        }
        Dialect::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND pg_table_is_visible(oid) \
               AND relname LIKE 'pings\\_%' \
               AND relname NOT IN ('pings_migrations', 'pings_migrated') ORDER BY relname"
        }
    };
    let rows = tx.rows(sql, &[], &[ValueType::Text]).await?;
    let names = rows.iter().filter_map(|row| row.first()?.text());
    Ok(names.map(str::to_owned).collect())
}

/// Replaces the rows of a table in the target with those of the source. Returns the number of rows.
pub(super) async fn copy(
    source: &mut Transaction,
    target: &mut Transaction,
    table: &str,
) -> Result<u64> {
    let all = columns(source, table).await?;
    let dialect = source.dialect();
    let selected: Vec<String> = all.iter().map(|column| column.text(dialect)).collect();
    let mut key: Vec<&Column> = all.iter().filter(|column| column.key > 0).collect();
    key.sort_by_key(|column| column.key);
    if key.is_empty() {
        key = all.iter().collect();
    }
    // Ordered by the columns themselves and not by their texts, whose order may differ.
    let order = key
        .iter()
        .map(|column| format!("{table}.{}", column.quoted()));
    let order: Vec<String> = order.collect();
    let names: Vec<String> = all.iter().map(Column::quoted).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let types = vec![ValueType::Text; all.len()];
    target.run(&format!("DELETE FROM {table}"), &[]).await?;
    let mut copied = 0;
    loop {
        let sql = format!(
            "SELECT {} FROM {table} ORDER BY {} LIMIT {SOME} OFFSET {copied}",
            selected.join(", "),
            order.join(", ")
        );
        let rows = source.rows(&sql, &[], &types).await?;
        let cells = rows.iter().flatten();
        let values: Vec<Bind<'_>> = cells
            .map(|cell: &Cell| cell.text().map_or(Bind::Null, Bind::Text))
            .collect();
        target.load(table, &names, &values).await?;
        copied += rows.len();
        if rows.len() < SOME {
            return Ok(copied as u64);
        }
    }
}
