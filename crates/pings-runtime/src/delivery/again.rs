//! Sends weeks again, because the store does not have them or a person asks.

use pings_database::{Bind, Error, Mode, Result};
use pings_payload::{Week, rfc3339};
use time::OffsetDateTime;

use super::Delivery;
use super::entry::{Asks, Entry, State, add_as, select};
use super::instance::Instance;
use crate::consent::Switch;
use crate::event_log::EventLog;

/// The minimum interval between two requests of a store for the same week.
#[cfg(feature = "delivery")]
const EVERY: time::Duration = time::Duration::DAY;

/// Records that the store does not have these weeks, for weeks that this instance has sent. Later
/// revisions of other weeks that were sent since are sent again, too: a store that was restored from a
/// backup lacks them, and cannot know it.
#[cfg(feature = "delivery")]
pub(super) async fn note_lacking(
    log: &EventLog,
    instance: &str,
    weeks: &[Week],
    now: OffsetDateTime,
) -> Result<()> {
    let is_of = format!("%\"instance\":\"{instance}\"%");
    let (day_ago, now) = (rfc3339(now - EVERY), rfc3339(now));
    let request = |which: &str| {
        format!(
            "UPDATE pings_outbox SET again = $1, asked_at = $2 \
             WHERE {which} AND state = 'sent' AND body LIKE $4 \
               AND revision = (SELECT max(later.revision) FROM pings_outbox AS later \
                               WHERE later.week = pings_outbox.week) \
               AND (asked_at IS NULL OR asked_at <= $5 OR asked_at > $2)"
        )
    };
    let of_week = request("week = $3");
    let since = request("revision > 1 AND tried_at >= $3");
    let mut tx = log.begin(Mode::Write).await?;
    let mut first = None;
    for week in weeks {
        let week_name = week.to_string();
        let binds = |third| {
            [
                Bind::Integer(Asks::Store as i64),
                Bind::Text(&now),
                Bind::Text(third),
                Bind::Text(&is_of),
                Bind::Text(&day_ago),
            ]
        };
        let requested = tx.run(&of_week, &binds(&week_name)).await?;
        if requested > 0 && first.is_none() {
            first = Some(*week);
            let start = rfc3339(week.start());
            tx.run(&since, &binds(&start)).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

impl Entry {
    /// Requests that weeks be sent again. The content of this database then counts, even if the
    /// store holds different content with more events.
    ///
    /// # Errors
    ///
    /// Returns an error if a week is not in the outbox, if a week was sent under another id, or if
    /// the database fails.
    pub async fn ask_again(log: &EventLog, weeks: &[Week]) -> Result<()> {
        let instance = Instance::of(log).await?;
        let mut tx = log.begin(Mode::Write).await?;
        for week in weeks {
            let name = week.to_string();
            let newest = "WHERE week = $1 ORDER BY revision DESC LIMIT 1";
            let newest = select(&mut tx, newest, &[Bind::Text(&name)]).await?;
            let Some(entry) = newest.into_iter().next() else {
                return Err(Error::input(format!(
                    "{week} is not in the outbox, so it cannot be sent again"
                )));
            };
            if instance.is_foreign(&entry.body) {
                return Err(Error::input(format!(
                    "{week} was sent under the previous id of this database\n\
                     help: send it again from the database that kept that id"
                )));
            }
            let sql = "UPDATE pings_outbox SET again = $1 WHERE week = $2 AND revision = $3";
            let binds = [
                Bind::Integer(Asks::Person as i64),
                Bind::Text(&name),
                Bind::Integer(entry.revision.into()),
            ];
            tx.run(sql, &binds).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Delivery<'_> {
    /// Queues the weeks that were requested again, without pings that were switched off since.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails, or if a payload in it is damaged.
    pub async fn send_again(&self, now: OffsetDateTime) -> Result<Vec<Entry>> {
        let agreement = self.agreement(now).await?;
        let mut tx = self.log.begin(Mode::Read).await?;
        let asked = "WHERE state IN ('sent', 'parked') AND again > 0 ORDER BY week, revision";
        let mut asked = select(&mut tx, asked, &[]).await?;
        tx.rollback().await?;
        asked.retain(|entry| agreement.covers(Switch::Send, entry.week));
        for entry in &asked {
            if let Some(payload) = self.without_what_is_off(&agreement, entry)? {
                add_as(self.log, &payload, State::Waiting, now).await?;
                entry.forget_asking(self.log).await?;
            } else {
                entry.let_wait(self.log, now).await?;
            }
        }
        Ok(asked)
    }
}

impl Entry {
    async fn let_wait(&self, log: &EventLog, now: OffsetDateTime) -> Result<()> {
        let sql = "UPDATE pings_outbox SET state = 'waiting', attempts = 0, due_at = $1 \
                   WHERE week = $2 AND revision = $3 AND state IN ('sent', 'parked')";
        let (now, week) = (rfc3339(now), self.week.to_string());
        let revision = Bind::Integer(self.revision.into());
        let mut tx = log.begin(Mode::Write).await?;
        tx.run(sql, &[Bind::Text(&now), Bind::Text(&week), revision])
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn forget_asking(&self, log: &EventLog) -> Result<()> {
        let sql = "UPDATE pings_outbox SET again = 0 WHERE week = $1 AND revision = $2";
        let week = self.week.to_string();
        let mut tx = log.begin(Mode::Write).await?;
        let binds = [Bind::Text(&week), Bind::Integer(self.revision.into())];
        tx.run(sql, &binds).await?;
        tx.commit().await?;
        Ok(())
    }
}
