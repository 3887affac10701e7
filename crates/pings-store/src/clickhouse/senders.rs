//! The instances of a batch: their keys, and whether their numbers count.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use pings_payload::{PublicKey, Uuid};

use super::connection::Connection;
use super::ids;
use super::rows::Instance;
use crate::ingest::accept::plan::Slot;
use crate::ingest::received::{Proof, Received};
use crate::store::UNCONFIRMED;

/// The number of instances per query.
const AT_ONCE: usize = 256;

/// The instances of a batch.
#[derive(Default)]
pub(super) struct Senders {
    known: BTreeMap<i64, Instance>,
    changed: BTreeSet<i64>,
}

impl Senders {
    /// Loads the instances of a batch that the store has.
    pub(super) async fn read(connection: &Connection, batch: &[Received]) -> Result<Self> {
        let instances: BTreeSet<i64> = batch
            .iter()
            .map(|it| ids::instance(&it.instance.to_string()))
            .collect();
        let instances: Vec<i64> = instances.into_iter().collect();
        let mut senders = Self::default();
        let (integer, text) = (ValueType::Integer, ValueType::Text);
        for some in instances.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT id, uuid, key, left_out, version FROM kept_instances FINAL \
                 WHERE id IN ({})",
                list(some)
            );
            for row in connection
                .rows(&sql, &[], &[integer, text, text, text, integer])
                .await?
            {
                let Ok(
                    [
                        Cell::Integer(id),
                        Cell::Text(uuid),
                        key,
                        left_out,
                        Cell::Integer(version),
                    ],
                ) = <[Cell; 5]>::try_from(row)
                else {
                    continue;
                };
                let text = |cell: Cell| cell.text().map(str::to_owned);
                let instance = Instance {
                    id,
                    uuid,
                    key: text(key),
                    left_out: text(left_out),
                    version: version.unsigned_abs(),
                    is_deleted: 0,
                };
                senders.known.insert(id, instance);
            }
        }
        Ok(senders)
    }

    /// Returns the keys that are pinned.
    pub(super) fn pinned(&self) -> BTreeMap<Uuid, PublicKey> {
        let keys = self.known.values().filter_map(|it| {
            let key = it.key.as_ref()?.parse().ok()?;
            Some((it.uuid.parse().ok()?, key))
        });
        keys.collect()
    }

    /// Adds the instances of new payloads, pins their keys, and decides whether their numbers count:
    /// an instance must have reported in a number of different weeks.
    pub(super) async fn note<'r>(
        &mut self,
        connection: &Connection,
        new: impl Iterator<Item = (&'r Received, &'r Slot)>,
        needed: u64,
    ) -> Result<()> {
        let mut weeks: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
        let mut unknown = BTreeSet::new();
        for (received, slot) in new {
            let instance = self.known.entry(slot.instance).or_insert_with(|| {
                unknown.insert(slot.instance);
                Instance {
                    id: slot.instance,
                    uuid: received.instance.to_string(),
                    key: None,
                    left_out: None,
                    version: 0,
                    is_deleted: 0,
                }
            });
            if let (Proof::Signature(key), None) = (received.proof, &instance.key) {
                instance.key = Some(key.to_string());
                self.changed.insert(slot.instance);
            }
            let of_instance = weeks.entry(slot.instance).or_default();
            of_instance.insert(received.week.to_string());
        }
        self.changed.extend(&unknown);
        let is_unconfirmed = |it: &Instance| it.left_out.as_deref() == Some(UNCONFIRMED);
        let judged: Vec<i64> = weeks
            .keys()
            .filter(|id| needed > 1 && unknown.contains(id) || is_unconfirmed(&self.known[id]))
            .copied()
            .collect();
        for some in judged.chunks(AT_ONCE) {
            let sql = format!(
                "SELECT instance, arrayStringConcat(groupUniqArray(week), ',') FROM kept_payloads \
                 WHERE instance IN ({}) GROUP BY instance",
                list(some)
            );
            let types = [ValueType::Integer, ValueType::Text];
            for row in connection.rows(&sql, &[], &types).await? {
                if let [Cell::Integer(id), Cell::Text(of_store)] = &row[..] {
                    let of_store = of_store.split(',').map(str::to_owned);
                    weeks.entry(*id).or_default().extend(of_store);
                }
            }
        }
        for id in judged {
            let count = weeks.get(&id).map_or(0, BTreeSet::len) as u64;
            let Some(instance) = self.known.get_mut(&id) else {
                continue;
            };
            let left_out = (count < needed).then(|| UNCONFIRMED.to_owned());
            if instance.left_out != left_out {
                instance.left_out = left_out;
                self.changed.insert(id);
            }
        }
        Ok(())
    }

    /// Writes the instances that changed.
    pub(super) async fn write(&self, connection: &Connection) -> Result<()> {
        let changed = self.changed.iter().filter_map(|id| self.known.get(id));
        let rows = changed.map(|it| Instance {
            id: it.id,
            uuid: it.uuid.clone(),
            key: it.key.clone(),
            left_out: it.left_out.clone(),
            version: it.version + 1,
            is_deleted: 0,
        });
        let rows: Vec<Instance> = rows.collect();
        connection.insert("kept_instances", &rows).await
    }
}

impl Connection {
    /// Changes an instance. Returns the instance as it was, or `None` if the store does not have it.
    pub(super) async fn change(
        &self,
        uuid: Uuid,
        change: impl FnOnce(&mut Instance),
    ) -> Result<bool> {
        let uuid = uuid.to_string();
        let id = ids::instance(&uuid);
        let sql = "SELECT key, left_out, version FROM kept_instances FINAL WHERE id = $1";
        let types = [ValueType::Text, ValueType::Text, ValueType::Integer];
        let rows = self.rows(sql, &[Bind::Integer(id)], &types).await?;
        let Some([key, left_out, Cell::Integer(version)]) = rows.first().map(Vec::as_slice) else {
            return Ok(false);
        };
        let mut instance = Instance {
            id,
            uuid,
            key: key.text().map(str::to_owned),
            left_out: left_out.text().map(str::to_owned),
            version: version.unsigned_abs() + 1,
            is_deleted: 0,
        };
        change(&mut instance);
        self.insert("kept_instances", &[instance]).await?;
        Ok(true)
    }
}

fn list(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}
