//! Erases an instance.

use std::collections::BTreeSet;

use pings_database::{Bind, Error, Result};
use pings_model::ValueType;
use pings_payload::{Uuid, rfc3339};
use time::OffsetDateTime;

use crate::ingest::accept::recount;
use crate::ingest::erase::{TABLES, Which, erase, erase_origins, weeks};
use crate::store::Store;

/// The receipt for an erased instance. The store keeps no copy of the receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The instance.
    pub instance: Uuid,
    /// When the instance was erased.
    pub forgotten_at: String,
    /// The registries for which the instance reported.
    pub registries: Vec<String>,
    /// The number of weeks that the instance reported, summed over its registries.
    pub weeks: u64,
    /// The number of erased payloads.
    pub payloads: u64,
    /// The number of erased conflicting contents.
    pub conflicts: u64,
    /// The number of erased values.
    pub numbers: u64,
    /// The number of erased attributes.
    pub attributes: u64,
    /// The tables whose files may still contain erased bytes, because the role may not rewrite
    /// them. Always empty in SQLite.
    pub not_rewritten: Vec<String>,
}

impl Store {
    /// Erases an instance in a transaction, and then compacts the files of the database. If the
    /// instance sends again, the store treats it as a new instance.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not have the instance, or if the database fails. The call
    /// can be repeated, because the files are compacted in any case.
    pub async fn forget(&self, instance: Uuid, now: OffsetDateTime) -> Result<Receipt> {
        let mut tx = self.write().await?;
        let uuid = instance.to_string();
        let sql = "SELECT id FROM instances WHERE uuid = $1";
        let id = tx
            .value(sql, &[Bind::Text(&uuid)], ValueType::Integer)
            .await?;
        let nothing = Receipt {
            instance,
            forgotten_at: rfc3339(now),
            registries: Vec::new(),
            weeks: 0,
            payloads: 0,
            conflicts: 0,
            numbers: 0,
            attributes: 0,
            not_rewritten: Vec::new(),
        };
        let receipt = match id.and_then(|id| id.integer()) {
            Some(id) => {
                let weeks = weeks(&mut tx, id).await?;
                let erased = erase(&mut tx, Which::Instance(id)).await?;
                for (registry, week) in &weeks {
                    recount(&mut tx, registry, week).await?;
                }
                erase_origins(&mut tx).await?;
                let sql = "DELETE FROM instances WHERE id = $1";
                tx.run(sql, &[Bind::Integer(id)]).await?;
                let registries: BTreeSet<&String> = weeks.iter().map(|(name, _)| name).collect();
                Some(Receipt {
                    registries: registries.into_iter().cloned().collect(),
                    weeks: weeks.len() as u64,
                    payloads: erased.payloads,
                    conflicts: erased.conflicts,
                    numbers: erased.numbers,
                    ..nothing.clone()
                })
            }
            None => None,
        };
        // Attributes are known of an instance even before it sends a payload.
        let sql = "DELETE FROM attributes WHERE instance = $1";
        let attributes = tx.run(sql, &[Bind::Text(&uuid)]).await?;
        let receipt = receipt.or((attributes > 0).then_some(nothing));
        tx.commit().await?;
        let not_rewritten = self.database.compact(&TABLES).await?;
        let missing = || Error::missing(format!("the store has no data of instance {instance}"));
        Ok(Receipt {
            attributes,
            not_rewritten,
            ..receipt.ok_or_else(missing)?
        })
    }
}
