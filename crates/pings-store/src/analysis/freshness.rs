//! When the last payload arrived.

use pings_database::{Bind, Mode, Result};
use pings_model::{Registry, ValueType};

use crate::store::Store;

impl Store {
    /// Returns when the last payload of a registry was received.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn last_payload(&self, registry: &Registry) -> Result<Option<String>> {
        let mut tx = self.database.begin(Mode::Read).await?;
        let sql = "SELECT received_at FROM payloads WHERE registry = $1 ORDER BY id DESC LIMIT 1";
        let binds = [Bind::Text(registry.name())];
        let last = tx.value(sql, &binds, ValueType::Text).await?;
        tx.rollback().await?;
        Ok(last.and_then(|it| it.text().map(str::to_owned)))
    }
}
