//! Erases an instance.

use std::collections::BTreeSet;

use pings_database::{Bind, Error, Result};
use pings_model::ValueType;
use pings_payload::{Uuid, rfc3339};
use time::OffsetDateTime;

use crate::ingest::accept::recount;
use crate::ingest::erase::{TABLES, Which, erase, erase_origins, weeks};
use crate::ingest::erased::Erased;
use crate::store::{Backend, Store};

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
    /// Erases an instance in a transaction, and then compacts the files of the database. ClickHouse has
    /// no such transaction, and removes the erased files some minutes later. If the instance sends again,
    /// the store treats it as a new instance.
    ///
    /// # Errors
    ///
    /// Returns an error if the store does not have the instance, or if the database fails. The call
    /// can be repeated, because the files are compacted in any case.
    pub async fn forget(&self, instance: Uuid, now: OffsetDateTime) -> Result<Receipt> {
        let (weeks, erased) = match &self.backend {
            Backend::Sql(_) => self.forget_at_once(instance).await?,
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.forget(instance).await?,
        };
        let not_rewritten = match self.database() {
            Some(database) => database.compact(&TABLES).await?,
            None => Vec::new(),
        };
        if erased.instances == 0 && erased.attributes == 0 {
            return Err(Error::missing(format!(
                "the store has no data of instance {instance}"
            )));
        }
        let registries: BTreeSet<&String> = weeks.iter().map(|(name, _)| name).collect();
        Ok(Receipt {
            instance,
            forgotten_at: rfc3339(now),
            registries: registries.into_iter().cloned().collect(),
            weeks: weeks.len() as u64,
            payloads: erased.payloads,
            conflicts: erased.conflicts,
            numbers: erased.numbers,
            attributes: erased.attributes,
            not_rewritten,
        })
    }

    /// Erases an instance in a transaction. Returns the weeks that it reported, each with its registry,
    /// and the number of erased rows.
    async fn forget_at_once(&self, instance: Uuid) -> Result<(Vec<(String, String)>, Erased)> {
        let mut tx = self.write().await?;
        let uuid = instance.to_string();
        let sql = "SELECT id FROM instances WHERE uuid = $1";
        let id = tx
            .value(sql, &[Bind::Text(&uuid)], ValueType::Integer)
            .await?;
        let mut erased = Erased::default();
        let mut of_instance = Vec::new();
        if let Some(id) = id.and_then(|id| id.integer()) {
            of_instance = weeks(&mut tx, id).await?;
            erased = erase(&mut tx, Which::Instance(id)).await?;
            for (registry, week) in &of_instance {
                recount(&mut tx, registry, week).await?;
            }
            erase_origins(&mut tx).await?;
            let sql = "DELETE FROM instances WHERE id = $1";
            erased.instances = tx.run(sql, &[Bind::Integer(id)]).await?;
        }
        // Attributes are known of an instance even before it sends a payload.
        let sql = "DELETE FROM attributes WHERE instance = $1";
        erased.attributes = tx.run(sql, &[Bind::Text(&uuid)]).await?;
        tx.commit().await?;
        Ok((of_instance, erased))
    }
}
