//! Lists the registered registries, and the payloads whose registry is not registered.

use pings_database::{Cell, Result};
use pings_model::ValueType;

use crate::store::Store;

/// A registry that was registered with the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFingerprint {
    /// The name of the registry.
    pub registry: String,
    /// The fingerprint of the registry.
    pub fingerprint: String,
    /// When the registry was first registered.
    pub since: String,
    /// The number of payloads with this fingerprint.
    pub payloads: u64,
}

/// A registry that payloads refer to and that was not registered with the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingFingerprint {
    /// The name of the registry.
    pub registry: String,
    /// The fingerprint of the registry.
    pub fingerprint: String,
    /// The number of payloads with this fingerprint.
    pub payloads: u64,
    /// The number of instances that sent these payloads.
    pub instances: u64,
}

impl Store {
    /// Returns the registered registries by name, oldest first.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn known(&self) -> Result<Vec<KnownFingerprint>> {
        let sql = "SELECT known.registry, known.fingerprint, known.known_since, \
               (SELECT count(*) FROM payloads JOIN origins ON origins.id = payloads.origin \
                WHERE origins.registry = known.registry \
                  AND origins.fingerprint = known.fingerprint) \
             FROM fingerprints AS known \
             ORDER BY known.registry, known.known_since, known.fingerprint";
        let types = [
            ValueType::Text,
            ValueType::Text,
            ValueType::Text,
            ValueType::Integer,
        ];
        let mut tx = self.read().await?;
        let rows = tx.rows(sql, &[], &types).await?;
        tx.end().await?;
        let known = rows.iter().map(|row| KnownFingerprint {
            registry: text(&row[0]),
            fingerprint: text(&row[1]),
            since: text(&row[2]),
            payloads: count(&row[3]),
        });
        Ok(known.collect())
    }

    /// Returns the registries that payloads refer to and that were not registered.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn waiting(&self) -> Result<Vec<WaitingFingerprint>> {
        let sql = "SELECT origins.registry, origins.fingerprint, count(*), \
               count(DISTINCT payloads.instance) \
             FROM origins JOIN payloads ON payloads.origin = origins.id \
             WHERE NOT EXISTS (SELECT 1 FROM fingerprints \
               WHERE fingerprints.registry = origins.registry \
                 AND fingerprints.fingerprint = origins.fingerprint) \
             GROUP BY origins.registry, origins.fingerprint \
             ORDER BY origins.registry, count(*) DESC, origins.fingerprint";
        let types = [
            ValueType::Text,
            ValueType::Text,
            ValueType::Integer,
            ValueType::Integer,
        ];
        let mut tx = self.read().await?;
        let rows = tx.rows(sql, &[], &types).await?;
        tx.end().await?;
        let waiting = rows.iter().map(|row| WaitingFingerprint {
            registry: text(&row[0]),
            fingerprint: text(&row[1]),
            payloads: count(&row[2]),
            instances: count(&row[3]),
        });
        Ok(waiting.collect())
    }
}

fn text(cell: &Cell) -> String {
    cell.text().unwrap_or_default().to_owned()
}

fn count(cell: &Cell) -> u64 {
    let count = cell.integer().unwrap_or_default();
    u64::try_from(count).unwrap_or_default()
}
