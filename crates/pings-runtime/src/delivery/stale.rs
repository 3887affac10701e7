//! Weeks that must be assembled again, because the clock was wrong the first time.

use std::collections::BTreeSet;

use pings_database::{Bind, Mode, Result};
use pings_payload::{Week, rfc3339};
use time::{Duration, OffsetDateTime};

use super::entry::Entry;
use crate::event_log::EventLog;

/// The maximum difference between the clocks of two processes.
pub(super) const GRACE: Duration = Duration::HOUR;

/// Marks the weeks that were assembled at a time in the future, because the clock was ahead.
pub(super) async fn mark_by_clock(log: &EventLog, now: OffsetDateTime) -> Result<()> {
    let ahead = rfc3339(now.saturating_add(GRACE));
    let sql = "UPDATE pings_outbox SET is_stale = 1 WHERE made_at > $1 AND is_stale = 0";
    let mut tx = log.begin(Mode::Write).await?;
    tx.run(sql, &[Bind::Text(&ahead)]).await?;
    tx.commit().await?;
    Ok(())
}

/// Marks weeks that are in the outbox and cannot be assembled yet.
pub(super) async fn mark(log: &EventLog, weeks: &BTreeSet<Week>) -> Result<()> {
    if weeks.is_empty() {
        return Ok(());
    }
    let mut tx = log.begin(Mode::Write).await?;
    let sql = "UPDATE pings_outbox SET is_stale = 1 WHERE week = $1";
    for week in weeks {
        tx.run(sql, &[Bind::Text(&week.to_string())]).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Records that a week was assembled again with the same content. A parked week waits again,
/// because the store may have rejected it only because the week was not over.
pub(super) async fn clear(log: &EventLog, entry: &Entry, now: OffsetDateTime) -> Result<()> {
    let sql = "UPDATE pings_outbox SET is_stale = 0, \
                 made_at = CASE WHEN made_at > $1 THEN $1 ELSE made_at END, \
                 due_at = CASE WHEN state = 'parked' THEN $1 ELSE due_at END, \
                 state = CASE WHEN state = 'parked' THEN 'waiting' ELSE state END \
               WHERE week = $2 AND revision = $3";
    let (now, week) = (rfc3339(now), entry.week.to_string());
    let revision = Bind::Integer(entry.revision.into());
    let mut tx = log.begin(Mode::Write).await?;
    tx.run(sql, &[Bind::Text(&now), Bind::Text(&week), revision])
        .await?;
    tx.commit().await?;
    Ok(())
}
