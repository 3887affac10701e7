//! Lists the instances of a store and manages their keys.

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use pings_payload::Uuid;

use crate::store::{Backend, Store};

/// An instance that sent payloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The id of the instance.
    pub instance: String,
    /// The public key as 64 hexadecimal digits, if the instance signs its payloads.
    pub key: Option<String>,
    /// The number of payloads, including all revisions.
    pub payloads: u64,
    /// The first week that the instance sent, such as `2021-W04`.
    pub first_week: Option<String>,
    /// The last week that the instance sent.
    pub last_week: Option<String>,
    /// Why the numbers of the instance do not count, if they do not: `unconfirmed`, or the reason
    /// that an operator gave.
    pub left_out: Option<String>,
    /// The number of weeks with other contents under the same revision, as from a clone.
    pub conflicts: u64,
}

/// The instances on ClickHouse, which rejects the subqueries for the others.
const SENDERS_ON_CLICKHOUSE: &str = "\
    SELECT instances.uuid, instances.key, coalesce(sent.payloads, 0), spans.first, spans.last, \
      instances.left_out, coalesce(other.weeks, 0) \
    FROM (SELECT id, uuid, key, left_out FROM instances WHERE uuid > $1 ORDER BY uuid LIMIT $2) \
      AS instances \
    LEFT JOIN (SELECT instance, count(*) AS payloads FROM payloads GROUP BY instance) AS sent \
      ON sent.instance = instances.id \
    LEFT JOIN (SELECT instance, min(first_week) AS first, max(last_week) AS last \
      FROM instance_spans GROUP BY instance) AS spans ON spans.instance = instances.id \
    LEFT JOIN (SELECT instance, count(DISTINCT week) AS weeks FROM conflicts GROUP BY instance) \
      AS other ON other.instance = instances.id \
    ORDER BY instances.uuid";

impl Store {
    /// Returns at most `limit` instances in the order of their ids, starting after the id `after`.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn senders(&self, after: Option<&str>, limit: u32) -> Result<Vec<Sender>> {
        let mut tx = self.read().await?;
        let sql = "SELECT instances.uuid, instances.key, \
              (SELECT count(*) FROM payloads WHERE payloads.instance = instances.id), \
              (SELECT min(first_week) FROM instance_spans WHERE instance_spans.instance = instances.id), \
              (SELECT max(last_week) FROM instance_spans WHERE instance_spans.instance = instances.id), \
              instances.left_out, \
              (SELECT count(DISTINCT payloads.week) FROM payloads \
                 JOIN conflicts ON conflicts.payload = payloads.id \
                 WHERE payloads.instance = instances.id) \
            FROM instances WHERE instances.uuid > $1 ORDER BY instances.uuid LIMIT $2";
        let sql = match tx.is_clickhouse() {
            true => SENDERS_ON_CLICKHOUSE,
            false => sql,
        };
        let binds = [
            Bind::Text(after.unwrap_or_default()),
            Bind::Integer(limit.into()),
        ];
        let text = ValueType::Text;
        let integer = ValueType::Integer;
        let types = [text, text, integer, text, text, text, integer];
        let rows = tx.rows(sql, &binds, &types).await?;
        tx.end().await?;
        let senders = rows.into_iter().filter_map(|row| {
            let [
                instance,
                key,
                payloads,
                first_week,
                last_week,
                left_out,
                conflicts,
            ] = <[Cell; 7]>::try_from(row).ok()?;
            let text = |cell: &Cell| cell.text().map(str::to_owned);
            Some(Sender {
                instance: text(&instance)?,
                key: text(&key),
                payloads: payloads.integer()?.unsigned_abs(),
                first_week: text(&first_week),
                last_week: text(&last_week),
                left_out: text(&left_out),
                conflicts: conflicts.integer()?.unsigned_abs(),
            })
        });
        Ok(senders.collect())
    }

    /// Forgets the key of an instance. The next payload that the instance signs pins a key again.
    /// Returns whether a key was pinned.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn unpin(&self, instance: Uuid) -> Result<bool> {
        #[cfg(feature = "clickhouse")]
        if let Backend::ClickHouse(connection) = &self.backend {
            return connection.unpin(instance).await;
        }
        let uuid = instance.to_string();
        let mut tx = self.write().await?;
        let sql = "SELECT key FROM instances WHERE uuid = $1";
        let key = tx.value(sql, &[Bind::Text(&uuid)], ValueType::Text).await?;
        let was_pinned = key.as_ref().and_then(Cell::text).is_some();
        let sql = "UPDATE instances SET key = NULL WHERE uuid = $1";
        tx.run(sql, &[Bind::Text(&uuid)]).await?;
        tx.commit().await?;
        Ok(was_pinned)
    }
}
