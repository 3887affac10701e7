//! When the last payload arrived.

use pings_database::{Bind, Result};
use pings_model::{Registry, ValueType};

use crate::store::Store;

impl Store {
    /// Returns when the last payload of a registry was received.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn last_payload(&self, registry: &Registry) -> Result<Option<String>> {
        let mut tx = self.read().await?;
        // Ids that are not digests are in the order of time.
        let sql = match tx.is_clickhouse() {
            true => "SELECT max(received_at) FROM kept_payloads WHERE registry = $1",
            false => {
                "SELECT received_at FROM payloads WHERE registry = $1 ORDER BY id DESC LIMIT 1"
            }
        };
        let binds = [Bind::Text(registry.name())];
        let last = tx.value(sql, &binds, ValueType::Text).await?;
        tx.end().await?;
        Ok(last.and_then(|it| it.text().map(str::to_owned)))
    }
}
