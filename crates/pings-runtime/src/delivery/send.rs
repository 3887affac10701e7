//! Sends the payloads in the outbox.

use pings_database::{Bind, Mode, Result};
use pings_model::ValueType;
use pings_payload::{Week, rfc3339};
use serde::Deserialize;
use time::{Duration, OffsetDateTime};

use super::again::note_lacking;
use super::answer::{Answer, Receipt, Subject, Verdict, chance, long_pause, pause};
use super::attempt::{claim, next_due, settle};
use super::client::{PATIENCE, StoreAddress};
use super::entry::{Asks, Entry, State, add_as, highest_revision};
use super::instance::Instance;
use crate::event_log::EventLog;
use crate::import::line::parse_time;

/// Sends the next payload that is due, and records the answer. Returns `None` if no payload is due.
///
/// A payload whose answer was lost, or whose sender died, is sent again: stores accept each
/// revision of a week once. If the store holds different content than this database, the payload is
/// queued again as a higher revision.
///
/// # Errors
///
/// Returns an error if the database fails.
pub async fn send_next(
    log: &EventLog,
    store: &StoreAddress,
    clock: fn() -> OffsetDateTime,
) -> Result<Option<Entry>> {
    let now = clock();
    // If this process dies, other processes may send the payload after the lease.
    let lease = now.saturating_add((PATIENCE * 2).try_into().unwrap_or(Duration::HOUR));
    let Some(mut entry) = claim(log, now, lease).await? else {
        return Ok(None);
    };
    let subject = entry.subject();
    let key = Instance::kept(log).await?.key;
    let answered = store.post(&entry.body, &key).await;
    let now = clock();
    match answered {
        Ok(answer) => match answer.verdict(&subject) {
            Verdict::Taken(receipt) => {
                entry.note(&answer, answer.text());
                entry.due_at = rfc3339(now);
                entry.state = match revised(log, &entry, &receipt, now).await? {
                    true => State::Replaced,
                    false => State::Sent,
                };
                note_lacking(log, &subject.instance, &receipt.lacks, now).await?;
            }
            Verdict::Refused => {
                entry.note(&answer, answer.text());
                entry.state = State::Parked;
                entry.due_at = rfc3339(now);
            }
            Verdict::Later => {
                entry.note(&answer, answer.text());
                let own = pause(entry.attempts, chance());
                entry.wait(own.max(answer.wait(now)), now);
            }
            Verdict::MuchLater(why) => {
                entry.note(&answer, why);
                entry.wait(long_pause(chance()).max(answer.wait(now)), now);
            }
        },
        Err(reason) => {
            entry.status = None;
            entry.answer = Some(reason);
            entry.wait(pause(entry.attempts, chance()), now);
        }
    }
    // The answer can be any text, and PostgreSQL texts cannot contain NUL.
    entry.answer = entry.answer.map(|text| text.replace('\0', "\u{fffd}"));
    settle(log, &entry, store).await?;
    Ok(Some(entry))
}

/// The member of a payload that identifies the instance.
#[derive(Default, Deserialize)]
struct Head {
    #[serde(default)]
    instance: String,
}

impl Entry {
    /// Returns how many events the store counts for the week, if the store keeps different content
    /// because that content has more events.
    #[must_use]
    pub fn outweighed_by(&self) -> Option<u64> {
        self.other_content().filter(|there| *there > self.events())
    }

    /// How many events the store counts for the week, where it keeps another content that does not
    /// have more events: the revisions that were made of this content did not replace it.
    #[must_use]
    pub fn contested_by(&self) -> Option<u64> {
        self.other_content().filter(|there| *there <= self.events())
    }

    /// How many events the payload counts; 0 if its body is damaged.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.payload().map_or(0, |payload| payload.events())
    }

    /// How many events the content has that the store keeps instead of this one.
    fn other_content(&self) -> Option<u64> {
        #[derive(Deserialize)]
        struct Said {
            #[serde(default)]
            conflict: bool,
            newest: u32,
            events: u64,
        }
        let said: Said = serde_json::from_str(self.answer.as_deref()?).ok()?;
        let is_other = said.conflict || said.newest >= self.revision;
        (is_other && self.state == State::Sent).then_some(said.events)
    }

    fn subject(&self) -> Subject {
        // A damaged body gets no receipt and does not block other payloads.
        let head: Head = serde_json::from_str(&self.body).unwrap_or_default();
        Subject {
            instance: head.instance,
            week: self.week,
            revision: self.revision,
        }
    }

    fn note(&mut self, answer: &Answer, text: String) {
        self.status = Some(answer.status);
        self.answer = Some(text);
    }

    fn wait(&mut self, wait: Duration, now: OffsetDateTime) {
        self.state = State::Waiting;
        // Times are stored in whole seconds. The extra second prevents sending too early.
        self.due_at = rfc3339(now.saturating_add(wait + Duration::seconds(1)));
    }
}

/// Returns whether the payload became a higher revision because the store holds different content:
/// this database was restored from a backup, or copied.
///
/// The content with more events counts, so that a week whose events were lost here keeps its
/// values in the store. If a person requested the week, the content of this database counts.
async fn revised(
    log: &EventLog,
    entry: &Entry,
    receipt: &Receipt,
    now: OffsetDateTime,
) -> Result<bool> {
    let own = highest_revision(log, entry.week).await?;
    let newest = receipt.newest.unwrap_or(entry.revision);
    // If this database has a higher revision, that revision is sent next.
    let is_other = receipt.conflict && own == entry.revision || newest > own;
    if !is_other {
        return Ok(false);
    }
    let mut payload = entry.payload()?;
    let is_outweighed = receipt.events.is_some_and(|there| there > payload.events());
    if entry.asks != Some(Asks::Person) && is_outweighed {
        return Ok(false);
    }
    payload.revision = newest.max(own).saturating_add(1);
    // Limits the revisions for a store that never agrees, or that claims a revision beyond its
    // maximum.
    if payload.revision > HIGHEST_REVISION || contested(log, entry.week).await? >= MOST_CONTESTED {
        return Ok(false);
    }
    Ok(add_as(log, &payload, State::Waiting, now).await?.is_some())
}

/// The highest revision that is made because of an answer. A store accepts 10,000 revisions, and
/// late events need some of them.
const HIGHEST_REVISION: u32 = 9_000;

/// The maximum number of revisions of a week that are made because the store holds different
/// content.
const MOST_CONTESTED: i64 = 3;

/// Returns the number of revisions of a week that a store accepted and that were replaced anyway.
async fn contested(log: &EventLog, week: Week) -> Result<i64> {
    let sql = "SELECT count(*) FROM pings_outbox \
               WHERE week = $1 AND state = 'replaced' AND status = 200";
    let week = week.to_string();
    let mut tx = log.begin(Mode::Read).await?;
    let count = tx
        .value(sql, &[Bind::Text(&week)], ValueType::Integer)
        .await?;
    tx.rollback().await?;
    Ok(count.and_then(|cell| cell.integer()).unwrap_or(0))
}

/// Returns when the next payload is due, or `None` if no payload waits.
///
/// # Errors
///
/// Returns an error if the database fails.
pub async fn next_send(log: &EventLog, now: OffsetDateTime) -> Result<Option<OffsetDateTime>> {
    Ok(next_due(log, now).await?.and_then(|due| parse_time(&due)))
}
