//! Accepts payloads, each once.

mod batch;
pub(crate) mod disposition;
pub(crate) mod keys;
pub(crate) mod lacks;
pub(crate) mod plan;
mod reports;
pub(crate) mod standing;
mod write;

use std::collections::BTreeSet;
use std::ops::{Range, RangeFrom};
use std::sync::atomic::Ordering::Relaxed;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;

use crate::ingest::intern::{Names, name, next, values};
use crate::ingest::received::Received;
use crate::store::{Backend, Store};
use plan::{Ids, Kept, Plan};
use write::Written;

pub(crate) use batch::{Batch, of_code, origin};
pub use disposition::{Accepted, Disposition, Standing};
pub(crate) use reports::{recount, recount_lives};
pub(crate) use write::{Newest, delete, insert_rows, insert_versions};

/// The number of payloads per query.
const AT_ONCE: usize = 256;

impl Store {
    /// Accepts payloads, and returns the results in the same order. However often a payload is
    /// received, it is stored once by registry, instance, week and revision. When this returns, the
    /// payloads are on the disk.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Then no payload is kept, or, if the answer to the
    /// commit was lost, it is unknown whether they are. On ClickHouse, some may be kept. Accepting the
    /// payloads again is safe.
    pub async fn accept(&self, batch: &[Received]) -> Result<Vec<Accepted>> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        match &self.backend {
            Backend::Sql(_) => self.accept_at_once(batch).await,
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => {
                connection.accept(batch, self.conflicts.load(Relaxed)).await
            }
        }
    }

    /// Accepts payloads in a single transaction.
    async fn accept_at_once(&self, batch: &[Received]) -> Result<Vec<Accepted>> {
        let mut names = self.names.lock().await;
        let mut tx = self.write().await?;
        names.refresh(&mut tx).await?;
        let conflicts = self.conflicts.load(Relaxed);
        let refusals = keys::refusals(batch, keys::pinned(&mut tx, batch).await?);
        let mut accepted = Vec::with_capacity(batch.len());
        let (mut numbered, mut confirmed) = (Vec::new(), BTreeSet::new());
        // Payloads between two rejected ones are written together.
        for stretch in stretches(&refusals) {
            let some = &batch[stretch.clone()];
            match refusals[stretch.start] {
                Some(how) => accepted.extend(some.iter().map(|it| Accepted::refused(it, how))),
                None => {
                    let (kept, numbers, of_it) = keep(&mut tx, &names, some, conflicts).await?;
                    accepted.extend(kept);
                    numbered.push(numbers);
                    confirmed.extend(of_it);
                }
            }
        }
        keys::pin(&mut tx, batch, &accepted).await?;
        // The earlier weeks of confirmed instances get their rows.
        numbered.extend(self.rebuild_instances(&mut tx, &names, &confirmed).await?);
        tx.commit().await?;
        for numbers in numbered {
            numbers.remember(&mut names);
        }
        Ok(accepted)
    }
}

/// Splits a batch into ranges of payloads that are kept, or rejected for the same reason.
fn stretches(refusals: &[Option<Disposition>]) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (place, how) in refusals.iter().enumerate() {
        match stretches.last_mut() {
            Some(last) if refusals[last.start] == *how => last.end = place + 1,
            _ => stretches.push(place..place + 1),
        }
    }
    stretches
}

/// Writes payloads in a transaction, and returns the results in the same order.
async fn keep(
    tx: &mut Transaction,
    names: &Names,
    batch: &[Received],
    conflicts: u32,
) -> Result<(Vec<Accepted>, Batch, BTreeSet<i64>)> {
    let numbers = Batch::numbers(tx, names, batch).await?;
    let mut plan = kept(tx, batch, &numbers).await?;
    standing::note_same(tx, batch, &mut plan, &numbers).await?;
    let first = next(tx, "payloads", batch.len()).await?;
    let ids = InOrder {
        numbers: &numbers,
        next: first..,
    };
    let slots = plan.decide(batch, ids)?;
    let Written {
        contents,
        confirmed,
    } = write::write(tx, batch, &slots, &plan, &numbers, conflicts).await?;
    let known = known(tx, batch).await?;
    let mut accepted = Vec::with_capacity(batch.len());
    for ((received, slot), is_kept) in batch.iter().zip(&slots).zip(contents) {
        accepted.push(Accepted {
            is_kept,
            registry: received.registry.clone(),
            instance: received.instance,
            week: received.week,
            revision: received.revision,
            received_at: slot.received_at.clone(),
            known: known.contains(&name(&[&received.registry, &received.fingerprint])),
            how: slot.how,
            standing: standing::standing(tx, received, slot).await?,
        });
    }
    Ok((accepted, numbers, confirmed))
}

/// The ids of a batch, in the order of its payloads.
struct InOrder<'b> {
    numbers: &'b Batch,
    next: RangeFrom<i64>,
}

impl Ids for InOrder<'_> {
    fn instance(&self, received: &Received) -> sqlx::Result<i64> {
        self.numbers.instances.of(&received.instance.to_string())
    }

    fn origin(&self, received: &Received) -> sqlx::Result<i64> {
        self.numbers.origins.of(&origin(received))
    }

    fn payload(&mut self, _: &Received) -> i64 {
        self.next.next().unwrap_or(i64::MAX)
    }
}

/// Loads the stored revisions of the weeks in a batch.
async fn kept(tx: &mut Transaction, batch: &[Received], numbers: &Batch) -> Result<Plan> {
    let mut plan = Plan::default();
    let mut wanted = BTreeSet::new();
    for received in batch {
        let uuid = received.instance.to_string();
        if !numbers.instances.new.contains_key(&uuid) {
            let instance = numbers.instances.of(&uuid)?;
            let week = received.week.to_string();
            wanted.insert((&received.registry, instance, week, received.revision));
        }
    }
    let wanted: Vec<_> = wanted.into_iter().collect();
    for some in wanted.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT DISTINCT payloads.registry, payloads.instance, payloads.week, payloads.revision, \
               payloads.id, payloads.digest, payloads.received_at, payloads.is_newest, \
               payloads.origin \
             FROM ({}) AS wanted \
             JOIN payloads ON payloads.registry = wanted.column1 \
               AND payloads.instance = wanted.column2 AND payloads.week = wanted.column3 \
               AND (payloads.revision = wanted.column4 OR payloads.is_newest = 1)",
            values(some.len(), 4)
        );
        let mut binds = Vec::with_capacity(some.len() * 4);
        for (registry, instance, week, revision) in some {
            binds.extend([
                Bind::Text(registry),
                Bind::Integer(*instance),
                Bind::Text(week),
                Bind::Integer((*revision).into()),
            ]);
        }
        let (text, integer) = (ValueType::Text, ValueType::Integer);
        let types = [
            text, integer, text, integer, integer, text, text, integer, integer,
        ];
        for row in tx.rows(&sql, &binds, &types).await? {
            if let [
                Cell::Text(registry),
                Cell::Integer(instance),
                Cell::Text(week),
                Cell::Integer(revision),
                Cell::Integer(id),
                Cell::Text(digest),
                Cell::Text(received_at),
                Cell::Integer(is_newest),
                Cell::Integer(origin),
            ] = <[Cell; 9]>::try_from(row).unwrap_or([const { Cell::Null }; 9])
            {
                let kept = Kept {
                    id,
                    origin,
                    digest,
                    received_at,
                    place: None,
                };
                let revision = u32::try_from(revision).unwrap_or(u32::MAX);
                plan.note((registry, instance, week), revision, kept, is_newest == 1);
            }
        }
    }
    Ok(plan)
}

/// Returns the names of the fingerprints in a batch that are registered.
async fn known(tx: &mut Transaction, batch: &[Received]) -> Result<BTreeSet<String>> {
    let wanted: BTreeSet<(&str, &str)> = batch
        .iter()
        .map(|it| (it.registry.as_str(), it.fingerprint.as_str()))
        .collect();
    let mut known = BTreeSet::new();
    for (registry, fingerprint) in wanted {
        let found = tx
            .value(
                "SELECT known_since FROM fingerprints WHERE registry = $1 AND fingerprint = $2",
                &[Bind::Text(registry), Bind::Text(fingerprint)],
                ValueType::Text,
            )
            .await?;
        if found.is_some() {
            known.insert(name(&[registry, fingerprint]));
        }
    }
    Ok(known)
}
