//! Registers registries.

use clickhouse::Row;
use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use serde::{Deserialize, Serialize};

use super::connection::Connection;
use crate::registry::kept::{Fingerprint, Ranges};

#[derive(Row, Serialize, Deserialize)]
struct Declared {
    registry: String,
    code: String,
    measure: String,
}

impl Connection {
    /// Replaces the ranges of a registry, and adds the measures that it declares.
    pub(crate) async fn learn(
        &self,
        mut ranges: Ranges,
        declared: impl Iterator<Item = (String, String)>,
    ) -> Result<()> {
        let registry = ranges.registry.clone();
        let declared = declared.map(|(code, measure)| Declared {
            registry: registry.clone(),
            code,
            measure,
        });
        let declared: Vec<Declared> = declared.collect();
        self.insert("kept_declared", &declared).await?;
        let sql = "SELECT max(version) FROM kept_registries WHERE registry = $1";
        let version = self.version(sql, &[Bind::Text(&registry)]).await?;
        ranges.version = version;
        self.insert("kept_registries", &[ranges]).await
    }

    /// Records a fingerprint and its declarations. Returns false if the fingerprint was known before.
    pub(crate) async fn note_fingerprint(&self, new: Fingerprint) -> Result<bool> {
        let sql = "SELECT known_since FROM kept_fingerprints FINAL \
            WHERE registry = $1 AND fingerprint = $2";
        let binds = [&new.registry, &new.fingerprint].map(|text| Bind::Text(text));
        let known = self.value(sql, &binds, ValueType::Text).await?;
        let known_since = known.as_ref().and_then(Cell::text).map(str::to_owned);
        let sql = "SELECT max(version) FROM kept_fingerprints \
            WHERE registry = $1 AND fingerprint = $2";
        let version = self.version(sql, &binds).await?;
        let is_new = known_since.is_none();
        let row = Fingerprint {
            known_since: known_since.unwrap_or_else(|| new.known_since.clone()),
            version,
            ..new
        };
        self.insert("kept_fingerprints", &[row]).await?;
        Ok(is_new)
    }

    /// Returns the version after the one that a query returns, or 1.
    pub(super) async fn version(&self, sql: &str, binds: &[Bind<'_>]) -> Result<u64> {
        let version = self.value(sql, binds, ValueType::Integer).await?;
        let version = version.and_then(|it| it.integer()).unwrap_or_default();
        Ok(version.unsigned_abs() + 1)
    }
}
