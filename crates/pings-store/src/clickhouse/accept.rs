//! Accepts payloads, each once.
//!
//! Rows are written in an order in which every write can be repeated: names and instances, payloads,
//! their outcomes, and then the weeks that refer to these. A payload whose week was not written is
//! written again when it comes again, which it does, because its sender got no answer.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result};
use pings_model::ValueType;
use pings_payload::{Payload as Content, Week};
use tokio::try_join;

use super::connection::Connection;
use super::ids;
use super::rows::{Names, Numbered, Outcome, Payload, origin, payload};
use super::senders::Senders;
use super::stored::{Stored, key};
use super::weeks;
use crate::ingest::accept::disposition::{Accepted, Disposition, Standing};
use crate::ingest::accept::keys;
use crate::ingest::accept::lacks::RecentWeeks;
use crate::ingest::accept::plan::{Ids, Plan, Slot};
use crate::ingest::accept::standing::says_the_same;
use crate::ingest::received::Received;
use crate::registry::declared::Declarations;

/// Ids that are digests.
struct Digests;

impl Ids for Digests {
    fn instance(&self, received: &Received) -> sqlx::Result<i64> {
        Ok(ids::instance(&received.instance.to_string()))
    }

    fn origin(&self, received: &Received) -> sqlx::Result<i64> {
        Ok(origin(received))
    }

    fn payload(&mut self, received: &Received) -> i64 {
        payload(received, ids::instance(&received.instance.to_string()))
    }
}

impl Connection {
    /// Accepts payloads, and returns the results in the same order.
    pub(crate) async fn accept(&self, batch: &[Received], conflicts: u32) -> Result<Vec<Accepted>> {
        let mut known = self.writing().lock().await;
        let all: Vec<&Received> = batch.iter().collect();
        let (state, mut senders, stored, fingerprints) = try_join!(
            self.state(),
            Senders::read(self, batch),
            Stored::read(self, &all),
            self.known_fingerprints(&all),
        )?;
        known.turn_to(state.generation);
        let refusals = keys::refusals(batch, senders.pinned());
        let kept: Vec<&Received> = batch
            .iter()
            .zip(&refusals)
            .filter(|(_, refusal)| refusal.is_none())
            .map(|(received, _)| received)
            .collect();
        let mut plan = stored.plan();
        self.note_same(&kept, &mut plan).await?;
        let slots = plan.decide(kept.iter().copied(), Digests)?;
        let new = kept
            .iter()
            .copied()
            .zip(&slots)
            .filter(|(_, slot)| is_new(slot));
        senders.note(self, new, state.confirmed_after).await?;

        let mut names = Names::default();
        let mut outcomes = Vec::new();
        let mut written = Vec::new();
        for (received, slot) in kept.iter().copied().zip(&slots) {
            names.note(received);
            let key = key(received);
            let week = stored.weeks.get(&key);
            let is_interrupted = slot.how == Disposition::Repeated
                && plan.newest(&key) == Some(received.revision)
                && week.and_then(|week| week.interrupted()).is_some();
            if !(slot.is_newest || is_interrupted) {
                continue;
            }
            let own = names.outcomes(received, slot.instance);
            let codes: BTreeSet<i64> = own.iter().map(|outcome| outcome.code).collect();
            let before = match week {
                Some(week) => self.codes_before(&key, week).await?,
                None => BTreeSet::new(),
            };
            let gone = before.difference(&codes);
            outcomes.extend(
                gone.map(|code| Outcome::deleted(*code, &key.2, slot.instance, received.revision)),
            );
            outcomes.extend(own);
            let numbered = Numbered {
                received,
                instance: slot.instance,
                id: slot.id,
                received_at: slot.received_at.clone(),
            };
            written.push((numbered, codes.into_iter().collect()));
        }
        let (payloads, contents) = payloads(&kept, &slots, &stored, conflicts);

        try_join!(self.write_names(&names, &mut known), senders.write(self))?;
        self.insert("kept_payloads", &payloads).await?;
        weeks::write(self, &outcomes, &written).await?;
        // If names were removed meanwhile, those of this batch may be among them.
        if self.state().await?.generation != known.generation {
            known.turn_to(self.state().await?.generation);
            self.write_names(&names, &mut known).await?;
        }

        let newest = newest(&kept, &slots, &stored);
        let mut results = kept.iter().zip(&slots).zip(contents);
        let accepted = batch.iter().zip(refusals).map(|(received, refusal)| {
            let result = match refusal {
                None => results.next(),
                Some(_) => None,
            };
            let (Some(((_, slot), is_kept)), None) = (result, refusal) else {
                let how = refusal.unwrap_or(Disposition::Unsigned);
                return Accepted::refused(received, how);
            };
            let of_registry = (received.registry.clone(), received.fingerprint.clone());
            Accepted {
                is_kept,
                registry: received.registry.clone(),
                instance: received.instance,
                week: received.week,
                revision: received.revision,
                received_at: slot.received_at.clone(),
                known: fingerprints.contains(&of_registry),
                how: slot.how,
                standing: standing(received, slot, newest.get(&key(received))),
            }
        });
        Ok(accepted.collect())
    }

    /// Records the payloads whose revision is stored with another content that has the same values.
    async fn note_same(&self, batch: &[&Received], plan: &mut Plan) -> Result<()> {
        for received in batch {
            let key = key(received);
            let Some(kept) = plan.other_content(key.1, received) else {
                continue;
            };
            let body = self.body(&key, kept).await?;
            if says_the_same(&body, received) {
                plan.same.insert((kept, received.digest.clone()));
            }
        }
        Ok(())
    }

    /// Returns the content of a stored payload.
    async fn body(
        &self,
        (registry, instance, week): &(String, i64, String),
        id: i64,
    ) -> Result<String> {
        let sql = "SELECT body FROM kept_payloads \
            WHERE registry = $1 AND instance = $2 AND week = $3 AND id = $4 LIMIT 1";
        let binds = [
            Bind::Text(registry),
            Bind::Integer(*instance),
            Bind::Text(week),
            Bind::Integer(id),
        ];
        let body = self.value(sql, &binds, ValueType::Text).await?;
        Ok(body
            .as_ref()
            .and_then(Cell::text)
            .unwrap_or_default()
            .to_owned())
    }

    /// Returns the codes for which the store may have outcomes of a week: those of the revision whose
    /// outcomes were written, and those of a revision for which this was interrupted.
    async fn codes_before(
        &self,
        key: &(String, i64, String),
        week: &super::stored::StoredWeek,
    ) -> Result<BTreeSet<i64>> {
        let mut codes = BTreeSet::new();
        if let Some((_, written)) = &week.written {
            codes.extend(written);
        }
        if let Some((_, payload)) = week.interrupted() {
            let body = self.body(key, payload.id).await?;
            let content = Content::read(body.as_bytes());
            let content = content.and_then(|it| Received::again(it, &Declarations::default()));
            if let Ok(content) = content {
                let all = content.rows.codes.iter();
                codes.extend(all.map(|code| ids::code(&key.0, code)));
            }
        }
        Ok(codes)
    }

    /// Returns the registries in a batch that are registered, with their fingerprints.
    async fn known_fingerprints(&self, batch: &[&Received]) -> Result<BTreeSet<(String, String)>> {
        let registries: BTreeSet<&str> = batch.iter().map(|it| it.registry.as_str()).collect();
        let mut known = BTreeSet::new();
        for registry in registries {
            let sql = "SELECT fingerprint FROM kept_fingerprints FINAL WHERE registry = $1";
            let binds = [Bind::Text(registry)];
            for row in self.rows(sql, &binds, &[ValueType::Text]).await? {
                if let [Cell::Text(fingerprint)] = &row[..] {
                    known.insert((registry.to_owned(), fingerprint.clone()));
                }
            }
        }
        Ok(known)
    }

    /// Returns all weeks that the store has of the instances of payloads, by registry and instance.
    pub(crate) async fn recent_weeks(
        &self,
        accepted: &[Accepted],
    ) -> Result<BTreeMap<(String, String), RecentWeeks>> {
        let mut found = BTreeMap::new();
        let mut wanted: BTreeMap<&str, BTreeMap<i64, String>> = BTreeMap::new();
        for it in accepted {
            let uuid = it.instance.to_string();
            let of_registry = wanted.entry(&it.registry).or_default();
            of_registry.insert(ids::instance(&uuid), uuid);
        }
        for (registry, instances) in &wanted {
            let ids: Vec<String> = instances.keys().map(i64::to_string).collect();
            let sql = format!(
                "SELECT instance, arrayStringConcat(groupUniqArray(week), ',') FROM kept_payloads \
                 WHERE registry = $1 AND instance IN ({}) GROUP BY instance",
                ids.join(", ")
            );
            let types = [ValueType::Integer, ValueType::Text];
            for row in self.rows(&sql, &[Bind::Text(registry)], &types).await? {
                let [Cell::Integer(id), Cell::Text(weeks)] = &row[..] else {
                    continue;
                };
                let weeks = weeks.split(',').filter_map(|week| week.parse().ok());
                let weeks: BTreeSet<Week> = weeks.collect();
                if let (Some(uuid), Some(first)) = (instances.get(id), weeks.first().copied()) {
                    let key = ((*registry).to_owned(), uuid.clone());
                    found.insert(key, RecentWeeks { first, weeks });
                }
            }
        }
        Ok(found)
    }
}

fn is_new(slot: &Slot) -> bool {
    matches!(slot.how, Disposition::New | Disposition::Late)
}

/// Returns the rows of new payloads and of conflicts, and for each payload whether its content is kept.
fn payloads(
    batch: &[&Received],
    slots: &[Slot],
    stored: &Stored,
    most: u32,
) -> (Vec<Payload>, Vec<bool>) {
    let mut conflicts: BTreeMap<_, BTreeSet<(u32, String)>> = BTreeMap::new();
    for (key, week) in &stored.weeks {
        conflicts.insert(key.clone(), week.conflicts.clone());
    }
    let (mut payloads, mut kept) = (Vec::new(), Vec::with_capacity(batch.len()));
    for (received, slot) in batch.iter().zip(slots) {
        let mut numbered = Numbered {
            received,
            instance: slot.instance,
            id: slot.id,
            received_at: slot.received_at.clone(),
        };
        let is_kept = match slot.how {
            Disposition::New | Disposition::Late => {
                payloads.push(Payload::new(&numbered, false));
                true
            }
            Disposition::Conflict => {
                let of_week = conflicts.entry(key(received)).or_default();
                let has_room = (of_week.len() as u64) < u64::from(most);
                if has_room && of_week.insert((received.revision, received.digest.clone())) {
                    numbered.id = payload(received, slot.instance);
                    payloads.push(Payload::new(&numbered, true));
                }
                has_room
            }
            how => how.refusal().is_none(),
        };
        kept.push(is_kept);
    }
    (payloads, kept)
}

/// Returns the newest revision of each week once a batch is written, with its number of events.
fn newest(
    batch: &[&Received],
    slots: &[Slot],
    stored: &Stored,
) -> BTreeMap<(String, i64, String), (u32, u64)> {
    let mut newest = BTreeMap::new();
    for (key, week) in &stored.weeks {
        if let Some((revision, payload)) = week.revisions.last_key_value() {
            newest.insert(key.clone(), (*revision, payload.events));
        }
    }
    for (received, _) in batch.iter().zip(slots).filter(|(_, slot)| is_new(slot)) {
        let events = received.versions.iter().map(|seen| seen.events).sum();
        let of_batch = (received.revision, events);
        let of_week = newest.entry(key(received)).or_insert(of_batch);
        if of_week.0 < of_batch.0 {
            *of_week = of_batch;
        }
    }
    newest
}

/// Returns the revision that the store holds instead of the payload of a slot, if there is one.
fn standing(received: &Received, slot: &Slot, newest: Option<&(u32, u64)>) -> Option<Standing> {
    let (newest, events) = *newest?;
    let is_other = slot.how == Disposition::Conflict || newest > received.revision;
    (slot.how != Disposition::New && is_other).then_some(Standing { newest, events })
}
