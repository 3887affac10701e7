//! Which registries the store was shown, and which payloads wait for one.

use pings_database::{Cell, Mode, Result};
use pings_model::ValueType;

use crate::store::Store;

/// A registry that the store was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownFingerprint {
    /// Its name.
    pub registry: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// When it was shown first.
    pub since: String,
    /// How many payloads are of it.
    pub payloads: u64,
}

/// A registry that payloads are of and that the store was not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingFingerprint {
    /// Its name.
    pub registry: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// How many payloads are of it.
    pub payloads: u64,
    /// How many instances sent them.
    pub instances: u64,
}

impl Store {
    /// The registries that the store was shown, the oldest first.
    ///
    /// # Errors
    ///
    /// Where the database fails.
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
        let mut tx = self.database.begin(Mode::Read).await?;
        let rows = tx.rows(sql, &[], &types).await?;
        tx.rollback().await?;
        let known = rows.iter().map(|row| KnownFingerprint {
            registry: text(&row[0]),
            fingerprint: text(&row[1]),
            since: text(&row[2]),
            payloads: count(&row[3]),
        });
        Ok(known.collect())
    }

    /// The registries that payloads are of and that the store was not shown.
    ///
    /// # Errors
    ///
    /// Where the database fails.
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
        let mut tx = self.database.begin(Mode::Read).await?;
        let rows = tx.rows(sql, &[], &types).await?;
        tx.rollback().await?;
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
