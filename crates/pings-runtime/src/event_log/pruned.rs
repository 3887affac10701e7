//! Until when events were pruned.

use pings_database::{Cell, Result, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;

/// Returns the time before which events were pruned, or `None` if no events were pruned.
pub(crate) async fn pruned_before(tx: &mut Transaction) -> Result<Option<String>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "SELECT max(before) FROM pings_pruned",
        Dialect::Postgres => {
            "SELECT to_char(max(before) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM pings_pruned"
        }
    };
    let before = tx.value(sql, &[], ValueType::Text).await?;
    Ok(before.and_then(|cell| cell.text().map(str::to_owned)))
}

/// Returns whether the database has the table that [`pruned_before`] reads.
pub(crate) async fn has_pruned_table(tx: &mut Transaction) -> Result<bool> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'pings_pruned')"
        }
        Dialect::Postgres => "SELECT to_regclass('pings_pruned') IS NOT NULL",
    };
    let answer = tx.value(sql, &[], ValueType::Boolean).await?;
    Ok(answer == Some(Cell::Boolean(true)))
}
