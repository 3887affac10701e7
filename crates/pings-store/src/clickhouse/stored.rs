//! The stored payloads of the weeks in a batch.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;

use super::connection::Connection;
use super::ids;
use crate::ingest::accept::plan::{Kept, Key, Plan};
use crate::ingest::received::Received;

/// The number of payloads per query.
const AT_ONCE: usize = 256;

/// The stored payloads of the weeks in a batch.
#[derive(Default)]
pub(super) struct Stored {
    pub(super) weeks: BTreeMap<Key, StoredWeek>,
}

/// The stored payloads of a week of an instance.
#[derive(Default)]
pub(super) struct StoredWeek {
    pub(super) revisions: BTreeMap<u32, Revision>,
    /// The digests of the contents that conflict with a revision.
    pub(super) conflicts: BTreeSet<(u32, String)>,
    /// The revision whose outcomes are written, and the codes of these.
    pub(super) written: Option<(u32, Vec<i64>)>,
}

/// A stored payload.
pub(super) struct Revision {
    pub(super) id: i64,
    digest: String,
    origin: i64,
    received_at: String,
    pub(super) events: u64,
}

/// Returns the week of an instance that a payload is about.
pub(super) fn key(received: &Received) -> Key {
    let instance = ids::instance(&received.instance.to_string());
    (
        received.registry.clone(),
        instance,
        received.week.to_string(),
    )
}

impl Stored {
    /// Loads the weeks of a batch.
    pub(super) async fn read(connection: &Connection, batch: &[&Received]) -> Result<Self> {
        let mut stored = Self::default();
        for received in batch {
            stored.weeks.entry(key(received)).or_default();
        }
        for some in batch.chunks(AT_ONCE) {
            let registries: BTreeSet<&str> = some.iter().map(|it| it.registry.as_str()).collect();
            for registry in registries {
                let keys = some.iter().filter(|it| it.registry == registry);
                let keys: Vec<Key> = keys.map(|it| key(it)).collect();
                stored.load(connection, registry, &keys).await?;
            }
        }
        Ok(stored)
    }

    async fn load(&mut self, connection: &Connection, registry: &str, keys: &[Key]) -> Result<()> {
        let instances: BTreeSet<String> = keys.iter().map(|it| it.1.to_string()).collect();
        let weeks: BTreeSet<String> = keys.iter().map(|it| format!("'{}'", it.2)).collect();
        let list = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>().join(", ");
        // Weeks are dates, and contain no quotes.
        let within = format!(
            "registry = $1 AND instance IN ({}) AND week IN ({})",
            list(instances),
            list(weeks)
        );
        let binds = [Bind::Text(registry)];
        let (text, integer) = (ValueType::Text, ValueType::Integer);
        // The first content of a revision is the payload, and the others are its conflicts.
        let sql = format!(
            "SELECT instance, week, revision, digest, id, origin, received_at, \
               arraySum(version_events) \
             FROM kept_payloads FINAL WHERE {within} \
             ORDER BY instance, week, revision, is_conflict, received_at, digest"
        );
        let types = [
            integer, text, integer, text, integer, integer, text, integer,
        ];
        for row in connection.rows(&sql, &binds, &types).await? {
            let Ok(
                [
                    Cell::Integer(instance),
                    Cell::Text(week),
                    Cell::Integer(revision),
                    Cell::Text(digest),
                    Cell::Integer(id),
                    Cell::Integer(origin),
                    Cell::Text(received_at),
                    Cell::Integer(events),
                ],
            ) = <[Cell; 8]>::try_from(row)
            else {
                continue;
            };
            let Some(stored) = self.weeks.get_mut(&(registry.to_owned(), instance, week)) else {
                continue;
            };
            let revision = u32::try_from(revision).unwrap_or(u32::MAX);
            if stored.revisions.contains_key(&revision) {
                stored.conflicts.insert((revision, digest));
                continue;
            }
            let payload = Revision {
                id,
                digest,
                origin,
                received_at,
                events: events.unsigned_abs(),
            };
            stored.revisions.insert(revision, payload);
        }
        let sql = format!(
            "SELECT instance, week, revision, toString(codes) FROM kept_weeks FINAL WHERE {within}"
        );
        let types = [integer, text, integer, text];
        for row in connection.rows(&sql, &binds, &types).await? {
            let Ok(
                [
                    Cell::Integer(instance),
                    Cell::Text(week),
                    Cell::Integer(revision),
                    Cell::Text(codes),
                ],
            ) = <[Cell; 4]>::try_from(row)
            else {
                continue;
            };
            if let Some(stored) = self.weeks.get_mut(&(registry.to_owned(), instance, week)) {
                let codes = serde_json::from_str(&codes).unwrap_or_default();
                let revision = u32::try_from(revision).unwrap_or(u32::MAX);
                stored.written = Some((revision, codes));
            }
        }
        Ok(())
    }

    /// Returns a plan that knows the stored revisions.
    pub(super) fn plan(&self) -> Plan {
        let mut plan = Plan::default();
        for (key, week) in &self.weeks {
            let newest = week.revisions.keys().next_back();
            for (revision, payload) in &week.revisions {
                let kept = Kept {
                    id: payload.id,
                    origin: payload.origin,
                    digest: payload.digest.clone(),
                    received_at: payload.received_at.clone(),
                    place: None,
                };
                plan.note(key.clone(), *revision, kept, newest == Some(revision));
            }
        }
        plan
    }
}

impl StoredWeek {
    /// Returns the newest payload whose outcomes may be written in part, because writing them was
    /// interrupted.
    pub(super) fn interrupted(&self) -> Option<(u32, &Revision)> {
        let (revision, payload) = self.revisions.last_key_value()?;
        let written = self.written.as_ref().map(|(revision, _)| *revision);
        (written < Some(*revision)).then_some((*revision, payload))
    }
}
