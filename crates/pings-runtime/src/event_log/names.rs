//! The names in the event log.

use pings_database::{Cell, Result, Transaction};
use pings_model::ValueType;

/// Returns the distinct names in the event log, with one index lookup per name.
pub(crate) async fn names(tx: &mut Transaction) -> Result<Vec<String>> {
    let sql = "WITH RECURSIVE names (name) AS ( \
                 SELECT min(name) FROM event_logs \
                 UNION ALL \
                 SELECT (SELECT min(name) FROM event_logs WHERE name > names.name) \
                 FROM names WHERE names.name IS NOT NULL \
               ) SELECT name FROM names WHERE name IS NOT NULL";
    let rows = tx.rows(sql, &[], &[ValueType::Text]).await?;
    let names = rows.into_iter().flatten().filter_map(|cell| match cell {
        Cell::Text(name) => Some(name),
        _ => None,
    });
    Ok(names.collect())
}
