//! The knowledge of the vendor beside the payloads: attributes of instances, notes, and whose numbers
//! count.

use std::collections::BTreeMap;

use clickhouse::Row;
use pings_database::{Bind, Result};
use pings_payload::{Uuid, Week, rfc3339};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::connection::Connection;
use super::ids;
use super::rows::Instance;
use super::state::State;
use crate::store::UNCONFIRMED;

#[derive(Row, Serialize, Deserialize)]
struct Attribute {
    instance: String,
    name: String,
    value: String,
    version: u64,
    is_deleted: u8,
}

#[derive(Row, Serialize, Deserialize)]
struct Note {
    id: i64,
    week: String,
    note: String,
    written_at: String,
    version: u64,
    is_deleted: u8,
}

impl Connection {
    /// Sets attributes of instances. An empty text removes an attribute.
    pub(crate) async fn set_attributes(
        &self,
        names: &[String],
        values: &BTreeMap<Uuid, Vec<String>>,
    ) -> Result<()> {
        let version = self
            .version("SELECT max(version) FROM kept_attributes", &[])
            .await?;
        let mut rows = Vec::new();
        for (instance, values) in values {
            for (place, name) in names.iter().enumerate() {
                let value = values.get(place).map_or("", |value| value.trim());
                rows.push(Attribute {
                    instance: instance.to_string(),
                    name: name.clone(),
                    value: value.to_owned(),
                    version,
                    is_deleted: value.is_empty().into(),
                });
            }
        }
        self.insert("kept_attributes", &rows).await
    }

    /// Removes an attribute of all instances, and returns how many had it.
    pub(crate) async fn remove_attribute(&self, name: &str) -> Result<u64> {
        let binds = [Bind::Text(name)];
        let sql = "SELECT count() FROM kept_attributes FINAL WHERE name = $1";
        let count = self.version(sql, &binds).await? - 1;
        let sql = "INSERT INTO kept_attributes \
              (instance, name, value, version, is_deleted) \
            SELECT instance, name, '' AS gone, version + 1 AS next, 1 AS is_gone \
            FROM kept_attributes FINAL WHERE name = $1";
        self.run(sql, &binds).await?;
        Ok(count)
    }

    /// Adds a note about a week, and returns its number.
    pub(crate) async fn note_week(
        &self,
        week: Week,
        text: &str,
        now: OffsetDateTime,
    ) -> Result<i64> {
        // Two notes must not get the same number.
        let _writing = self.writing().lock().await;
        let id = self.version("SELECT max(id) FROM kept_notes", &[]).await?;
        let id = i64::try_from(id).unwrap_or(i64::MAX);
        let note = Note {
            id,
            week: week.to_string(),
            note: text.to_owned(),
            written_at: rfc3339(now),
            version: 1,
            is_deleted: 0,
        };
        self.insert("kept_notes", &[note]).await?;
        Ok(id)
    }

    /// Deletes a note.
    pub(crate) async fn delete_note(&self, id: i64) -> Result<()> {
        let note = Note {
            id,
            week: String::new(),
            note: String::new(),
            written_at: String::new(),
            version: 2,
            is_deleted: 1,
        };
        self.insert("kept_notes", &[note]).await
    }

    /// Forgets the key of an instance. Returns whether a key was pinned.
    pub(crate) async fn unpin(&self, instance: Uuid) -> Result<bool> {
        let mut was_pinned = false;
        self.change(instance, |it| was_pinned = it.key.take().is_some())
            .await?;
        Ok(was_pinned)
    }

    /// Leaves the numbers of an instance out, or counts them again. Returns whether the store has the
    /// instance.
    pub(crate) async fn leave_out(&self, instance: Uuid, reason: Option<&str>) -> Result<bool> {
        let reason = reason.map(str::to_owned);
        self.change(instance, |it| it.left_out = reason).await
    }

    /// Sets in how many weeks an instance must have reported, and decides about all instances.
    pub(crate) async fn confirm_after(&self, weeks: u32) -> Result<()> {
        let _writing = self.writing().lock().await;
        let state = self.state().await?;
        self.set_state(State {
            confirmed_after: weeks.into(),
            ..state
        })
        .await?;
        let sql = "INSERT INTO kept_instances (id, uuid, key, left_out, version, is_deleted) \
            SELECT it.id, it.uuid, it.key, if(ifNull(seen.weeks, 0) < $1, $2, NULL), it.version + 1, 0 \
            FROM (SELECT id, uuid, key, left_out, version FROM kept_instances FINAL \
              WHERE left_out IS NULL OR left_out = $2) AS it \
            LEFT JOIN (SELECT instance, uniqExact(week) AS weeks FROM kept_payloads GROUP BY instance) \
              AS seen ON seen.instance = it.id";
        let binds = [Bind::Integer(weeks.into()), Bind::Text(UNCONFIRMED)];
        self.run(sql, &binds).await
    }

    /// Sets in how many weeks an instance must have reported, and keys and reasons of instances: rows
    /// of id, key and reason.
    pub(crate) async fn set_instances(
        &self,
        weeks: i64,
        instances: &[Vec<Option<String>>],
    ) -> Result<()> {
        let _writing = self.writing().lock().await;
        let state = self.state().await?;
        self.set_state(State {
            confirmed_after: weeks.unsigned_abs(),
            ..state
        })
        .await?;
        let version = self
            .version("SELECT max(version) FROM kept_instances", &[])
            .await?;
        let rows = instances.iter().filter_map(|row| {
            let [Some(uuid), key, left_out] = &row[..] else {
                return None;
            };
            Some(Instance {
                id: ids::instance(uuid),
                uuid: uuid.clone(),
                key: key.clone(),
                left_out: left_out.clone(),
                version,
                is_deleted: 0,
            })
        });
        let rows: Vec<Instance> = rows.collect();
        self.insert("kept_instances", &rows).await
    }
}
