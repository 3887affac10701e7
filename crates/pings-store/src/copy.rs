//! Copies a store to another database, by accepting its payloads again.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Error, Result};
use pings_model::ValueType;
use pings_payload::{Uuid, Week};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::analysis::attributes::Attributes;
use crate::analysis::notes::Note;
use crate::ingest::accept::disposition::Disposition;
use crate::ingest::incoming::Incoming;
use crate::ingest::intern::INSTANCES;
use crate::ingest::left_out;
use crate::ingest::received::{Proof, Received};
use crate::store::{Backend, Store};

/// The number of payloads that are copied at once.
const AT_ONCE: i64 = 500;

/// The payloads of a week, and the contents that conflict with them.
const CONTENTS: [&str; 2] = [
    "SELECT digest, received_at, body FROM payloads \
     WHERE registry = $1 AND week = $2 AND digest > $3 ORDER BY digest LIMIT $4",
    "SELECT conflicts.digest, conflicts.received_at, conflicts.body FROM conflicts \
     JOIN payloads ON payloads.id = conflicts.payload \
     WHERE payloads.registry = $1 AND payloads.week = $2 AND conflicts.digest > $3 \
     ORDER BY conflicts.digest LIMIT $4",
];

/// What both stores must have of a week.
const COMPARED: &str = "SELECT instances.uuid, payloads.revision, payloads.is_newest, \
      payloads.received_at, payloads.digest \
    FROM payloads JOIN instances ON instances.id = payloads.instance \
    WHERE payloads.registry = $1 AND payloads.week = $2";

/// The result of copying a store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    /// The number of payloads, and of other contents of their revisions.
    pub contents: u64,
    /// How many of them the other store had before.
    pub repeated: u64,
}

impl Store {
    /// Copies everything to another store: registries, payloads, keys of instances, attributes and
    /// notes. `progress` receives the number of contents that are done. After an interruption, the call
    /// can be repeated. Payloads must not be sent to either store meanwhile.
    ///
    /// At the end, the payloads of both stores are compared.
    ///
    /// # Errors
    ///
    /// Returns an error if a database fails, if a payload cannot be read any more, or if the other store
    /// has other payloads afterwards.
    pub async fn copy_to(&self, target: &Self, mut progress: impl FnMut(u64)) -> Result<Copied> {
        target.keep_conflicts(u32::MAX);
        target.set_registries(&self.registries().await?).await?;
        let weeks = self.weeks().await?.0;
        let mut copied = Copied::default();
        for (registry, week) in &weeks {
            for sql in CONTENTS {
                let mut last = String::new();
                loop {
                    let batch = self
                        .contents(target, sql, [registry, week], &mut last)
                        .await?;
                    if batch.is_empty() {
                        break;
                    }
                    let accepted = target.accept(&batch).await?;
                    let repeated = accepted.iter();
                    let repeated = repeated.filter(|it| it.how == Disposition::Repeated);
                    copied.repeated += repeated.count() as u64;
                    copied.contents += batch.len() as u64;
                    progress(copied.contents);
                }
            }
        }
        self.copy_instances(target).await?;
        self.copy_attributes(target).await?;
        self.copy_notes(target).await?;
        for (registry, week) in &weeks {
            self.compare(target, registry, week).await?;
        }
        Ok(copied)
    }

    /// Reads the contents of a week after a digest, as payloads that the other store can accept.
    async fn contents(
        &self,
        target: &Self,
        sql: &str,
        [registry, week]: [&str; 2],
        last: &mut String,
    ) -> Result<Vec<Received>> {
        let mut reader = self.read().await?;
        let binds = [
            Bind::Text(registry),
            Bind::Text(week),
            Bind::Text(last),
            Bind::Integer(AT_ONCE),
        ];
        let rows = reader.rows(sql, &binds, &[ValueType::Text; 3]).await?;
        reader.end().await?;
        let mut batch = Vec::with_capacity(rows.len());
        for row in rows {
            let Ok([Cell::Text(digest), Cell::Text(at), Cell::Text(body)]) =
                <[Cell; 3]>::try_from(row)
            else {
                continue;
            };
            let unreadable = |reason: String| {
                Error::failure(format!(
                    "a payload of {registry} in {week} is unreadable: {reason}"
                ))
            };
            let at = OffsetDateTime::parse(&at, &Rfc3339);
            let at = at.map_err(|error| unreadable(error.to_string()))?;
            let incoming = Incoming::read(body.into_bytes(), at, usize::MAX);
            let incoming = incoming.map_err(|error| unreadable(error.to_string()))?;
            let declared = target.declarations(incoming.payload()).await?;
            let received = Received::repeated(incoming, &declared);
            let received = received.map_err(|error| unreadable(error.to_string()))?;
            // The keys of instances are copied afterwards.
            batch.push(received.with_proof(Proof::Token));
            *last = digest;
        }
        Ok(batch)
    }

    /// Copies the keys of instances and the choice of the instances that are left out.
    async fn copy_instances(&self, target: &Self) -> Result<()> {
        let mut reader = self.read().await?;
        let weeks = left_out::confirmed_after(&mut reader).await?;
        let sql = "SELECT uuid, key, left_out FROM instances";
        let (ours, theirs) = (
            reader.rows(sql, &[], &[ValueType::Text; 3]).await?,
            target
                .read()
                .await?
                .rows(sql, &[], &[ValueType::Text; 3])
                .await?,
        );
        reader.end().await?;
        let key = |row: &Vec<Cell>| row.iter().map(|it| it.text().map(str::to_owned)).collect();
        let theirs: BTreeSet<Vec<Option<String>>> = theirs.iter().map(key).collect();
        let ours = ours.iter().map(key).filter(|row| !theirs.contains(row));
        let changed: Vec<Vec<Option<String>>> = ours.collect();
        target.set_instances(weeks, &changed).await
    }

    async fn copy_attributes(&self, target: &Self) -> Result<()> {
        let sql = "SELECT name, instance, value FROM attributes";
        let mut reader = self.read().await?;
        let rows = reader.rows(sql, &[], &[ValueType::Text; 3]).await?;
        reader.end().await?;
        let mut by_name: BTreeMap<String, BTreeMap<Uuid, Vec<String>>> = BTreeMap::new();
        for row in rows {
            if let Ok([Cell::Text(name), Cell::Text(instance), Cell::Text(value)]) =
                <[Cell; 3]>::try_from(row)
                && let Ok(instance) = instance.parse()
            {
                by_name
                    .entry(name)
                    .or_default()
                    .insert(instance, vec![value]);
            }
        }
        for (name, values) in by_name {
            let names = vec![name];
            target.set_attributes(&Attributes { names, values }).await?;
        }
        Ok(())
    }

    async fn copy_notes(&self, target: &Self) -> Result<()> {
        let known = target.notes().await?;
        for note in self.notes().await? {
            let is_same = |it: &&Note| {
                (it.week, &it.text, &it.written_at) == (note.week, &note.text, &note.written_at)
            };
            if known.iter().find(is_same).is_some() {
                continue;
            }
            let at = OffsetDateTime::parse(&note.written_at, &Rfc3339);
            let at = at.map_err(|error| Error::failure(format!("note {}: {error}", note.id)))?;
            let week: Week = note.week;
            target.note(week, &note.text, at).await?;
        }
        Ok(())
    }

    /// Compares the payloads of a week.
    async fn compare(&self, target: &Self, registry: &str, week: &str) -> Result<()> {
        let (text, integer) = (ValueType::Text, ValueType::Integer);
        let types = [text, integer, integer, text, text];
        let binds = [Bind::Text(registry), Bind::Text(week)];
        let mut rows = Vec::new();
        for store in [self, target] {
            let mut reader = store.read().await?;
            let found = reader.rows(COMPARED, &binds, &types).await?;
            reader.end().await?;
            let mut found: Vec<String> = found.iter().map(|row| format!("{row:?}")).collect();
            found.sort_unstable();
            rows.push(found);
        }
        match rows[0] == rows[1] {
            true => Ok(()),
            false => Err(Error::failure(format!(
                "the stores differ in {week} of {registry}: {} payloads were copied, and {} are there\n\
                 help: stop sending payloads to both stores, and repeat the command",
                rows[0].len(),
                rows[1].len()
            ))),
        }
    }

    /// Sets in how many weeks an instance must have reported, and keys and reasons of instances: rows
    /// of id, key and reason.
    async fn set_instances(&self, weeks: i64, instances: &[Vec<Option<String>>]) -> Result<()> {
        match &self.backend {
            Backend::Sql(_) => {
                let mut names = self.names.lock().await;
                let mut tx = self.write().await?;
                names.refresh(&mut tx).await?;
                let sql = "UPDATE store_state SET confirmed_after = $1 WHERE id = 1";
                tx.run(sql, &[Bind::Integer(weeks)]).await?;
                let uuids = instances.iter().filter_map(|row| row[0].clone());
                let numbers = names
                    .instances
                    .numbers(&mut tx, &INSTANCES, uuids.collect())
                    .await?;
                let mut changed = BTreeSet::new();
                for row in instances {
                    let [Some(uuid), key, reason] = &row[..] else {
                        continue;
                    };
                    let id = numbers.of(uuid)?;
                    let [key, reason] =
                        [key, reason].map(|text| text.as_deref().map_or(Bind::Null, Bind::Text));
                    let sql = "UPDATE instances SET key = $1, left_out = $2 WHERE id = $3";
                    tx.run(sql, &[key, reason, Bind::Integer(id)]).await?;
                    changed.insert(id);
                }
                let rebuilt = self.rebuild_instances(&mut tx, &names, &changed).await?;
                tx.commit().await?;
                names.instances.remember(numbers);
                for batch in rebuilt {
                    batch.remember(&mut names);
                }
                Ok(())
            }
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.set_instances(weeks, instances).await,
        }
    }
}
