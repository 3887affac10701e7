//! Erases payloads and everything that was derived from them.
//!
//! ClickHouse erases rows by writing their parts again without them. The parts before are removed from
//! the disk some minutes later.

use std::collections::BTreeSet;

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use pings_payload::Uuid;

use super::connection::Connection;
use super::ids;
use crate::ingest::erased::Erased;

/// The number of ids per statement.
const AT_ONCE: usize = 5_000;

/// The names that are no longer used, each with the query that finds them.
const UNUSED: [(&str, &str, &str); 3] = [
    (
        "kept_series",
        "id",
        "SELECT id FROM kept_series WHERE id NOT IN \
           (SELECT arrayJoin(series) FROM kept_outcomes FINAL)",
    ),
    (
        "kept_codes",
        "id",
        "SELECT id FROM kept_codes WHERE id NOT IN (SELECT code FROM kept_outcomes FINAL)",
    ),
    (
        "kept_origins",
        "id",
        "SELECT id FROM kept_origins WHERE id NOT IN (SELECT origin FROM kept_outcomes FINAL) \
           AND id NOT IN (SELECT origin FROM kept_payloads)",
    ),
];

impl Connection {
    /// Erases an instance. Returns the weeks that it reported, each with its registry, and the number
    /// of erased rows.
    pub(crate) async fn forget(&self, uuid: Uuid) -> Result<(Vec<(String, String)>, Erased)> {
        let _writing = self.writing().lock().await;
        let uuid = uuid.to_string();
        let id = ids::instance(&uuid);
        let binds = [Bind::Integer(id)];
        let sql = "SELECT DISTINCT registry, week FROM kept_payloads WHERE instance = $1 \
            ORDER BY registry, week";
        let weeks = self.rows(sql, &binds, &[ValueType::Text; 2]).await?;
        let weeks = weeks
            .into_iter()
            .filter_map(|row| match <[Cell; 2]>::try_from(row) {
                Ok([Cell::Text(registry), Cell::Text(week)]) => Some((registry, week)),
                _ => None,
            });
        let weeks: Vec<(String, String)> = weeks.collect();
        let sql = "SELECT count() FROM kept_attributes FINAL WHERE instance = $1";
        let attributes = [Bind::Text(&uuid)];
        let erased = Erased {
            instances: self
                .count("SELECT count() FROM instances WHERE id = $1", &binds)
                .await?,
            payloads: self
                .count("SELECT count() FROM payloads WHERE instance = $1", &binds)
                .await?,
            conflicts: self
                .count("SELECT count() FROM conflicts WHERE instance = $1", &binds)
                .await?,
            numbers: self
                .count(
                    "SELECT count() FROM measurements WHERE instance = $1",
                    &binds,
                )
                .await?,
            attributes: self.count(sql, &attributes).await?,
        };
        let of_instance = format!("instance = {id}");
        for table in ["kept_payloads", "kept_outcomes", "kept_weeks"] {
            self.delete(table, &of_instance).await?;
        }
        self.delete("kept_instances", &format!("id = {id}")).await?;
        // A UUID contains no quotes.
        self.delete("kept_attributes", &format!("instance = '{uuid}'"))
            .await?;
        self.erase_names().await?;
        Ok((weeks, erased))
    }

    /// Erases the weeks before a week. Returns the number of erased payloads.
    pub(crate) async fn erase_before(&self, week: &str) -> Result<u64> {
        let _writing = self.writing().lock().await;
        let binds = [Bind::Text(week)];
        let sql = "SELECT count() FROM payloads WHERE week < $1";
        let payloads = self.count(sql, &binds).await?;
        // A week contains no quotes.
        let before = format!("week < '{week}'");
        for table in ["kept_payloads", "kept_outcomes", "kept_weeks"] {
            self.delete(table, &before).await?;
        }
        // An instance with a pinned key is kept.
        let sql = "SELECT id FROM instances WHERE key IS NULL \
            AND id NOT IN (SELECT instance FROM kept_payloads)";
        self.delete_found("kept_instances", "id", sql).await?;
        self.erase_names().await?;
        Ok(payloads)
    }

    /// Erases the names that are no longer used: the value of a dimension may identify the sender.
    async fn erase_names(&self) -> Result<()> {
        // Other processes write the names of their payloads again.
        self.change_generation().await?;
        for (table, column, sql) in UNUSED {
            self.delete_found(table, column, sql).await?;
        }
        Ok(())
    }

    async fn delete_found(&self, table: &str, column: &str, sql: &str) -> Result<()> {
        let found = self.rows(sql, &[], &[ValueType::Integer]).await?;
        let found: BTreeSet<i64> = found.iter().filter_map(|row| row[0].integer()).collect();
        let found: Vec<String> = found.iter().map(i64::to_string).collect();
        for some in found.chunks(AT_ONCE) {
            self.delete(table, &format!("{column} IN ({})", some.join(", ")))
                .await?;
        }
        Ok(())
    }

    async fn count(&self, sql: &str, binds: &[Bind<'_>]) -> Result<u64> {
        Ok(self.version(sql, binds).await? - 1)
    }
}
