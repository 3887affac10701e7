//! Accepts payloads, each once.

mod keys;
mod lacks;
mod plan;
mod reports;
mod standing;
mod write;

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::atomic::Ordering::Relaxed;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;
use pings_payload::{Uuid, Week, rfc3339};

use crate::names::{CODES, INSTANCES, Names, Numbers, ORIGINS, SERIES, name, next, values};
use crate::origin::{self, Seen, text};
use crate::received::Received;
use crate::store::Store;
use plan::{Kept, Plan, Slot};

pub(crate) use reports::{recount, recount_lives};
pub use standing::Standing;
pub(crate) use write::{Newest, delete, insert_rows, insert_versions, note_origins};

/// The result of accepting a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The registry of the payload.
    pub registry: String,
    /// The instance that sent the payload.
    pub instance: Uuid,
    /// The week of the payload.
    pub week: Week,
    /// The revision of the week.
    pub revision: u32,
    /// When this revision was first received.
    pub received_at: String,
    /// Whether a registry with this fingerprint is registered.
    pub known: bool,
    /// What became of it.
    pub how: How,
    /// The revision that the store holds instead of this payload.
    pub standing: Option<Standing>,
    /// Whether the content is kept. The number of kept conflicts is limited.
    pub is_kept: bool,
}

/// The disposition of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum How {
    /// The payload is kept, and is the newest revision of its week.
    New,
    /// The payload is kept, but a newer revision was received before.
    Late,
    /// The payload was already stored.
    Repeated,
    /// Different content was already stored under the same revision. The new content is kept as a
    /// conflict, and the answer is that for the first content.
    Conflict,
    /// The payload is not kept, because the instance signs its payloads and this one is not signed.
    Unsigned,
    /// The payload is not kept, because the instance signs its payloads with another key.
    OtherKey,
}

impl How {
    /// Returns why a payload is not kept, if it is not.
    #[must_use]
    pub fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Unsigned => {
                Some("the payloads of this instance are signed, but this payload is not")
            }
            Self::OtherKey => Some(
                "the payload is signed with another key than the first payload of this instance",
            ),
            Self::New | Self::Late | Self::Repeated | Self::Conflict => None,
        }
    }
}

/// The number of payloads per query.
const AT_ONCE: usize = 256;

impl Store {
    /// Accepts payloads in a single transaction, and returns the results in the same order. However
    /// often a payload is received, it is stored once by registry, instance, week and revision.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Then no payload is kept, or, if the answer to the
    /// commit was lost, it is unknown whether they are. Accepting the payloads again is safe.
    pub async fn accept(&self, batch: &[Received]) -> Result<Vec<Accepted>> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut names = self.names.lock().await;
        let mut tx = self.write().await?;
        names.refresh(&mut tx).await?;
        let conflicts = self.conflicts.load(Relaxed);
        let refusals = keys::refusals(&mut tx, batch).await?;
        let mut accepted = Vec::with_capacity(batch.len());
        let mut numbered = Vec::new();
        // Payloads between two rejected ones are written together.
        for stretch in stretches(&refusals) {
            let some = &batch[stretch.clone()];
            match refusals[stretch.start] {
                Some(how) => accepted.extend(some.iter().map(|it| Accepted::refused(it, how))),
                None => {
                    let (kept, numbers) = keep(&mut tx, &names, some, conflicts).await?;
                    accepted.extend(kept);
                    numbered.push(numbers);
                }
            }
        }
        keys::pin(&mut tx, batch, &accepted).await?;
        tx.commit().await?;
        for numbers in numbered {
            numbers.remember(&mut names);
        }
        Ok(accepted)
    }
}

impl Accepted {
    fn refused(received: &Received, how: How) -> Self {
        Self {
            registry: received.registry.clone(),
            instance: received.instance,
            week: received.week,
            revision: received.revision,
            received_at: rfc3339(received.received_at),
            known: false,
            how,
            standing: None,
            is_kept: false,
        }
    }
}

/// Splits a batch into ranges of payloads that are kept, or rejected for the same reason.
fn stretches(refusals: &[Option<How>]) -> Vec<Range<usize>> {
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
) -> Result<(Vec<Accepted>, Batch)> {
    let numbers = Batch::numbers(tx, names, batch).await?;
    let mut plan = kept(tx, batch, &numbers).await?;
    standing::note_same(tx, batch, &mut plan, &numbers).await?;
    let first = next(tx, "payloads", batch.len()).await?;
    let slots = plan.decide(batch, &numbers, first)?;
    let contents = write::write(tx, batch, &slots, &plan, &numbers, conflicts).await?;
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
    Ok((accepted, numbers))
}

/// The ids of the names in a batch.
pub(crate) struct Batch {
    pub(crate) instances: Numbers,
    pub(crate) codes: Numbers,
    series: Numbers,
    /// The series ids of the values, by the index of the payload and of the value.
    pub(crate) series_of: Vec<Vec<i64>>,
    pub(crate) origins: Numbers,
}

impl Batch {
    pub(crate) async fn numbers(
        tx: &mut Transaction,
        names: &Names,
        batch: &[Received],
    ) -> Result<Self> {
        let instances = batch.iter().map(|it| it.instance.to_string()).collect();
        let mut origins: HashSet<String> = batch.iter().map(origin).collect();
        for it in batch {
            let places = 0..it.rows.codes.len();
            origins.extend(places.filter_map(|place| Some(of_code(it, place)?.0)));
        }
        let codes: HashSet<String> = batch
            .iter()
            .flat_map(|it| it.rows.codes.iter().map(|code| name(&[&it.registry, code])))
            .collect();
        let codes = names.codes.numbers(tx, &CODES, codes).await?;
        let mut of_batch = Vec::with_capacity(batch.len());
        for it in batch {
            let all = it.rows.codes.iter();
            let all = all.map(|code| codes.of(&name(&[&it.registry, code])));
            let all = all.collect::<sqlx::Result<Vec<i64>>>()?;
            let rows = it.rows.measurements.iter();
            of_batch.push(rows.map(|row| row.series(all[row.code])).collect());
        }
        let of_batch: Vec<Vec<String>> = of_batch;
        let series: HashSet<String> = of_batch.iter().flatten().cloned().collect();
        let series = names.series.numbers(tx, &SERIES, series).await?;
        let series_of = of_batch
            .iter()
            .map(|of| of.iter().map(|name| series.of(name)).collect());
        let series_of = series_of.collect::<sqlx::Result<_>>()?;
        let origins = names.origins.numbers(tx, &ORIGINS, origins).await?;
        note_origins(tx, batch, &origins).await?;
        Ok(Self {
            instances: names.instances.numbers(tx, &INSTANCES, instances).await?,
            codes,
            series,
            series_of,
            origins,
        })
    }

    pub(crate) fn remember(self, names: &mut Names) {
        names.instances.remember(self.instances);
        names.codes.remember(self.codes);
        names.series.remember(self.series);
        names.origins.remember(self.origins);
    }
}

/// Returns the name of the origin of a payload.
pub(crate) fn origin(received: &Received) -> String {
    name(&[
        &received.registry,
        &received.fingerprint,
        &text(&received.versions),
    ])
}

/// Returns the name and versions of the origin of a code, if it differs from that of the payload:
/// because a version captured the code, or because an earlier revision carried its value.
pub(crate) fn of_code(received: &Received, place: usize) -> Option<(String, Vec<Seen>)> {
    let by = received.rows.captured_by[place];
    let from = received.rows.kept_from[place].as_deref();
    if by.is_none() && from.is_none() {
        return None;
    }
    let fingerprint = from.unwrap_or(&received.fingerprint);
    let seen = match by {
        Some(version) => vec![origin::captured(version)],
        None => received.versions.clone(),
    };
    let origin = name(&[&received.registry, fingerprint, &text(&seen)]);
    Some((origin, seen))
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

/// The decision for each payload of a batch, in the same order.
pub(crate) type Slots = Vec<Slot>;
