//! Erases payloads of old weeks.

use pings_database::{Bind, Result};
use pings_model::ValueType;
use pings_payload::Week;
use time::OffsetDateTime;

use crate::ingest::erase::{Which, erase, erase_origins};
use crate::store::{Backend, Store};

impl Store {
    /// Erases the payloads of all weeks before the last `weeks`, with all rows that were derived
    /// from them. Returns the number of erased payloads.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Nothing is erased in this case, except on ClickHouse,
    /// where the call can be repeated.
    pub async fn retain(&self, weeks: u32, now: OffsetDateTime) -> Result<u64> {
        let first = Week::containing(now).back(weeks).to_string();
        let binds = [Bind::Text(&first)];
        let mut tx = self.read().await?;
        let sql = "SELECT week FROM payloads WHERE week < $1 LIMIT 1";
        let older = tx.value(sql, &binds, ValueType::Text).await?;
        tx.end().await?;
        if older.is_none() {
            return Ok(0);
        }
        #[cfg(feature = "clickhouse")]
        if let Backend::ClickHouse(connection) = &self.backend {
            return connection.erase_before(&first).await;
        }
        let mut tx = self.write().await?;
        let erased = erase(&mut tx, Which::Before(&first)).await?;
        tx.run("DELETE FROM reports WHERE week < $1", &binds)
            .await?;
        erase_origins(&mut tx).await?;
        // An instance with a pinned key is kept.
        let sql = "DELETE FROM instances WHERE key IS NULL AND NOT EXISTS \
            (SELECT 1 FROM payloads WHERE payloads.instance = instances.id)";
        tx.run(sql, &[]).await?;
        tx.commit().await?;
        Ok(erased.payloads)
    }
}
