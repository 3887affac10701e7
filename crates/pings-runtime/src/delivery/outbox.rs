//! The outbox: assembles the weeks that are due, and withdraws what was switched off.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Mode, Result};
use pings_payload::{Payload, Reason, Week};
use time::OffsetDateTime;

use super::entry::{Entry, State, add_as, select};
use super::instance::Instance;
use super::{Delivery, late_events, stale};
use crate::consent::{Agreement, Switch};
use crate::event_log::EventLog;
use crate::report::Progress;
use crate::running::{note_codes, ran};

/// The number of past weeks that are assembled and kept up to date.
pub const WEEKS: u32 = 26;

impl Delivery<'_> {
    /// Assembles each complete week since the last one, at most [`WEEKS`] back, and reassembles
    /// weeks for which events arrived late. A week is assembled once `slot` has passed since its
    /// end.
    ///
    /// Several processes may call this at once.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Weeks that were assembled before the failure are
    /// kept.
    pub async fn queue(
        &self,
        slot: time::Duration,
        now: OffsetDateTime,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Vec<Entry>> {
        let agreement = self.agreement(now).await?;
        let mut queued = self.withdraw(&agreement, now).await?;
        let Some(agreed) = agreement.first_week(Switch::Gather) else {
            return Ok(queued);
        };
        self.note_codes(now).await?;
        let instance = Instance::of(self.log).await?;
        let ripe = Week::last_complete(now - slot);
        let mut oldest = ripe.back(WEEKS - 1);
        oldest = instance.first_week.map_or(oldest, |it| it.max(oldest));
        stale::mark_by_clock(self.log, now).await?;
        let newest = newest(self.log, oldest, ripe).await?;
        let mut late = late_events::weeks(self.log, now).await?;
        stale::mark(self.log, &late.weeks.split_off(&ripe.forward(1))).await?;
        late.add_weeks_of_windows(self.registry, ripe);
        let ours = |entry: &Entry| !instance.is_foreign(&entry.body);
        let mut wanted: BTreeSet<Week> = newest
            .values()
            .filter(|it| {
                let is_changed = late.is_any || it.is_stale || late.weeks.contains(&it.week);
                is_changed || !ours(it) || it.has_too_many_versions()
            })
            .map(|it| it.week)
            .filter(|week| *week >= oldest && *week >= agreed)
            .collect();
        let last = newest.values().rfind(|entry| ours(entry));
        let first = match (last, instance.first_week) {
            (Some(last), _) => Some(last.week.forward(1)),
            (None, Some(first)) => Some(first),
            (None, None) => late_events::first_week(self.log, self.registry, oldest).await?,
        };
        let first = first.unwrap_or_else(|| ripe.forward(1));
        let mut week = first.max(oldest).max(agreed);
        while week <= ripe {
            wanted.insert(week);
            week = week.forward(1);
        }
        for week in wanted {
            let before = newest.get(&week);
            let revision = before.map_or(1, |entry| entry.revision + 1);
            let mut payload = self
                .payload(instance.id, week, revision, now, progress)
                .await?;
            if let Some(entry) = before.filter(|entry| ours(entry))
                && !self.keep(&agreement, &entry.payload()?, &mut payload)
            {
                if entry.is_stale {
                    stale::clear(self.log, entry, now).await?;
                }
                continue;
            }
            if let Some(entry) = add(self.log, &payload, &agreement, now).await? {
                queued.push(entry);
            }
        }
        late_events::note(self.log, late.read_to, now).await?;
        Ok(queued)
    }
}

impl Delivery<'_> {
    /// Returns the next revision of a payload, without pings that were switched off since the
    /// payload was assembled. Returns `None` if no ping was switched off.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is damaged.
    pub fn without_what_is_off(
        &self,
        agreement: &Agreement,
        entry: &Entry,
    ) -> Result<Option<Payload>> {
        let mut payload = entry.payload()?;
        let is_on = |code: &str, week: Week| match self.registry.metric(code) {
            Some((ping, _)) => agreement.covers(Switch::of(ping.sensitivity), week),
            None => agreement.covers_removed(code, week),
        };
        let count = |payload: &Payload| payload.all_metrics().map(|it| it.len()).sum::<usize>();
        let before = count(&payload);
        payload.metrics.retain(|code, _| is_on(code, entry.week));
        for window in &mut payload.windows {
            let week = window.span.first_week();
            window.metrics.retain(|code, _| is_on(code, week));
        }
        payload.windows.retain(|window| !window.metrics.is_empty());
        payload.revision += 1;
        payload.fold_versions();
        payload.reasons.insert(Reason::Withdrawn);
        Ok((count(&payload) < before).then_some(payload))
    }

    /// Records the codes that the currently running version added.
    async fn note_codes(&self, now: OffsetDateTime) -> Result<()> {
        let mut tx = self.log.begin(Mode::Write).await?;
        let ran = ran(&mut tx, self.registry, Week::containing(now), false).await?;
        let version = self.version.or(ran.versions.keys().next_back().copied());
        note_codes(&mut tx, self.registry, version).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Replaces waiting and rejected payloads that contain pings that were switched off since.
    /// Withholds all payloads of weeks that sending does not cover.
    pub(super) async fn withdraw(
        &self,
        agreement: &Agreement,
        now: OffsetDateTime,
    ) -> Result<Vec<Entry>> {
        let mut tx = self.log.begin(Mode::Write).await?;
        let withhold = "UPDATE pings_outbox SET state = 'withheld' \
                        WHERE state IN ('waiting', 'parked') AND ($1 = '' OR week < $1)";
        let first = agreement.first_week(Switch::Send);
        let first = first.map(|week| week.to_string()).unwrap_or_default();
        tx.run(withhold, &[Bind::Text(&first)]).await?;
        tx.commit().await?;
        let mut tx = self.log.begin(Mode::Read).await?;
        let kept = "WHERE state IN ('waiting', 'parked') ORDER BY week, revision";
        let kept = select(&mut tx, kept, &[]).await?;
        tx.rollback().await?;
        let mut queued = Vec::new();
        for entry in kept {
            if let Some(payload) = self.without_what_is_off(agreement, &entry)?
                && let Some(entry) = add(self.log, &payload, agreement, now).await?
            {
                queued.push(entry);
            }
        }
        Ok(queued)
    }
}

/// Returns the newest revision of each week from `oldest` to `ripe`, and of the last week before
/// them. Later weeks are ignored, because only a clock that was ahead can have left them.
async fn newest(log: &EventLog, oldest: Week, ripe: Week) -> Result<BTreeMap<Week, Entry>> {
    let mut tx = log.begin(Mode::Read).await?;
    let (oldest, ripe) = (oldest.to_string(), ripe.to_string());
    let rest = "WHERE week <= $2 AND (week >= $1 \
                  OR week = (SELECT max(week) FROM pings_outbox WHERE week <= $2)) \
                ORDER BY week, revision";
    let entries = select(&mut tx, rest, &[Bind::Text(&oldest), Bind::Text(&ripe)]).await?;
    tx.rollback().await?;
    Ok(entries
        .into_iter()
        .map(|entry| (entry.week, entry))
        .collect())
}

/// Adds a payload. Returns `None` if another process was faster.
async fn add(
    log: &EventLog,
    payload: &Payload,
    agreement: &Agreement,
    now: OffsetDateTime,
) -> Result<Option<Entry>> {
    let state = match agreement.covers(Switch::Send, payload.week) {
        true => State::Waiting,
        false => State::Withheld,
    };
    add_as(log, payload, state, now).await
}
