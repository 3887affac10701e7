//! The progress of a migration.

use pings_database::{Cell, Result, Transaction};
use pings_model::ValueType;

/// The progress of a migration, as recorded in the target.
pub(super) struct Mark {
    pub(super) read_to: i64,
    pub(super) is_complete: bool,
}

/// Returns the instance that is being migrated to a database, and how far.
pub(super) async fn read_mark(tx: &mut Transaction) -> Result<Option<(String, Mark)>> {
    let sql = "SELECT instance, read_to, is_complete FROM pings_migrated";
    let types = [ValueType::Text, ValueType::Integer, ValueType::Integer];
    let rows = tx.rows(sql, &[], &types).await?;
    Ok(match rows.into_iter().next().map(<[Cell; 3]>::try_from) {
        Some(Ok(
            [
                Cell::Text(instance),
                Cell::Integer(read_to),
                Cell::Integer(is_complete),
            ],
        )) => Some((
            instance,
            Mark {
                read_to,
                is_complete: is_complete != 0,
            },
        )),
        _ => None,
    })
}
