//! The rows of the event log after which no earlier row can appear.

use pings_database::{Cell, Mode, Result, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;

use super::Reporter;

/// The number of ids before the last one that are read again. PostgreSQL assigns ids before rows
/// become visible, so that rows of concurrent writers can appear out of order.
pub(super) const OVERLAP: i64 = 10_000;

impl Reporter<'_> {
    /// Returns the id up to which no row can appear any more. PostgreSQL assigns ids before rows
    /// become visible: if a transaction may still have taken ids, the last ids are left to the report.
    pub(super) async fn last_settled(&self) -> Result<i64> {
        let mut tx = self.log.begin(Mode::Read).await?;
        let last = last_id(&mut tx).await?;
        let is_settled = match tx.dialect() {
            Dialect::Sqlite => true,
            Dialect::Postgres => !has_writer(&mut tx).await?,
        };
        tx.rollback().await?;
        Ok(match is_settled {
            true => last,
            false => (last - OVERLAP).max(0),
        })
    }
}

/// Returns the last id of the event log.
pub(super) async fn last_id(tx: &mut Transaction) -> Result<i64> {
    let cast = match tx.dialect() {
        Dialect::Postgres => "::bigint",
        Dialect::Sqlite => "",
    };
    let sql = format!("SELECT coalesce(max(id), 0){cast} FROM event_logs");
    let id = tx.value(&sql, &[], ValueType::Integer).await?;
    Ok(id.and_then(|cell| cell.integer()).unwrap_or_default())
}

/// Returns whether a transaction in PostgreSQL may have taken ids of rows that are not visible yet: one
/// that writes to the event log has a lock, and one with a cache of ids may use lower ids later.
async fn has_writer(tx: &mut Transaction) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT FROM pg_locks \
           WHERE locktype = 'relation' AND pid IS DISTINCT FROM pg_backend_pid() \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', \
               'AccessExclusiveLock') \
             AND relation IN (SELECT to_regclass('event_logs')::oid UNION ALL \
               SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass('event_logs'))) \
         OR EXISTS (SELECT FROM pg_sequence \
           WHERE seqrelid = pg_get_serial_sequence('event_logs', 'id')::regclass AND seqcache > 1)";
    let answer = tx.value(sql, &[], ValueType::Boolean).await?;
    Ok(answer != Some(Cell::Boolean(false)))
}
