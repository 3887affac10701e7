//! Decides what happens to each payload of a batch, without writing anything.

use std::collections::{BTreeMap, HashSet};

use pings_payload::rfc3339;

use super::disposition::Disposition;
use crate::ingest::received::Received;

/// A week of an instance: registry, instance, week.
pub(crate) type Key = (String, i64, String);

/// The stored revisions of the weeks in a batch.
#[derive(Default)]
pub(crate) struct Plan {
    weeks: BTreeMap<Key, Revisions>,
    /// Weeks whose rows are replaced, with the id and the origin of the payload that was the
    /// newest.
    pub(crate) replaced: Vec<(Key, i64, i64)>,
    /// Stored payloads, with the digests of other contents that have the same values.
    pub(crate) same: HashSet<(i64, String)>,
}

/// The relevant revisions of a week.
#[derive(Default)]
struct Revisions {
    all: BTreeMap<u32, Kept>,
    newest: Option<u32>,
}

/// A revision that is stored, or will be with this batch.
pub(crate) struct Kept {
    pub(crate) id: i64,
    pub(crate) origin: i64,
    pub(crate) digest: String,
    pub(crate) received_at: String,
    /// The index in the batch, if the revision is part of the batch.
    pub(crate) place: Option<usize>,
}

/// The ids of the payloads of a batch.
pub(crate) trait Ids {
    /// Returns the id of the instance of a payload.
    fn instance(&self, received: &Received) -> sqlx::Result<i64>;

    /// Returns the id of the origin of a payload.
    fn origin(&self, received: &Received) -> sqlx::Result<i64>;

    /// Returns the id under which a new payload is stored.
    fn payload(&mut self, received: &Received) -> i64;
}

/// The decision for a payload.
pub(crate) struct Slot {
    pub(crate) how: Disposition,
    pub(crate) received_at: String,
    /// The id under which the payload is stored, or of the payload that it conflicts with.
    pub(crate) id: i64,
    pub(crate) instance: i64,
    pub(crate) origin: i64,
    /// Whether the payload is the newest of its week once the batch is written.
    pub(crate) is_newest: bool,
}

impl Plan {
    /// Adds a stored revision.
    pub(crate) fn note(&mut self, key: Key, revision: u32, kept: Kept, is_newest: bool) {
        let week = self.weeks.entry(key).or_default();
        week.all.insert(revision, kept);
        if is_newest {
            week.newest = Some(revision);
        }
    }

    /// Returns the stored payload with the same revision and different content, if there is one.
    pub(crate) fn other_content(&self, instance: i64, received: &Received) -> Option<i64> {
        let key = (
            received.registry.clone(),
            instance,
            received.week.to_string(),
        );
        let kept = self.weeks.get(&key)?.all.get(&received.revision)?;
        (kept.digest != received.digest).then_some(kept.id)
    }

    /// Returns the newest revision of a week.
    #[cfg(feature = "clickhouse")]
    pub(crate) fn newest(&self, key: &Key) -> Option<u32> {
        self.weeks.get(key)?.newest
    }

    /// Decides about each payload in order.
    pub(crate) fn decide<'r>(
        &mut self,
        batch: impl IntoIterator<Item = &'r Received>,
        mut ids: impl Ids,
    ) -> sqlx::Result<Slots> {
        let mut slots = Slots::new();
        for (place, received) in batch.into_iter().enumerate() {
            let instance = ids.instance(received)?;
            let key = (
                received.registry.clone(),
                instance,
                received.week.to_string(),
            );
            let week = self.weeks.entry(key.clone()).or_default();
            let origin = ids.origin(received)?;
            let slot = |how, received_at: &str, id, is_newest| Slot {
                how,
                received_at: received_at.to_owned(),
                id,
                instance,
                origin,
                is_newest,
            };
            if let Some(kept) = week.all.get(&received.revision) {
                let is_same = kept.digest == received.digest
                    || self.same.contains(&(kept.id, received.digest.clone()));
                let how = match is_same {
                    true => Disposition::Repeated,
                    false => Disposition::Conflict,
                };
                slots.push(slot(how, &kept.received_at, kept.id, false));
                continue;
            }
            let id = ids.payload(received);
            let is_newest = week.newest.is_none_or(|newest| newest < received.revision);
            if is_newest {
                let before = week.newest.and_then(|newest| week.all.get(&newest));
                match before {
                    Some(Kept {
                        place: Some(place), ..
                    }) => slots[*place].is_newest = false,
                    Some(kept) => self.replaced.push((key, kept.id, kept.origin)),
                    None => {}
                }
                week.newest = Some(received.revision);
            }
            let received_at = rfc3339(received.received_at);
            let how = if is_newest {
                Disposition::New
            } else {
                Disposition::Late
            };
            slots.push(slot(how, &received_at, id, is_newest));
            let kept = Kept {
                id,
                origin,
                digest: received.digest.clone(),
                received_at,
                place: Some(place),
            };
            week.all.insert(received.revision, kept);
        }
        Ok(slots)
    }
}

/// The decision for each payload of a batch, in the same order.
pub(crate) type Slots = Vec<Slot>;
