//! Tasks that run once per interval, even if several processes share a database.

use pings_database::{Bind, Mode, Result};
use pings_payload::rfc3339;
use time::{Duration, OffsetDateTime};

use crate::event_log::EventLog;

/// Returns whether the task is due and this process should run it. If so, the next due time is
/// `every` after `now`.
///
/// # Errors
///
/// Returns an error if the database fails.
pub(crate) async fn takes(
    log: &EventLog,
    task: &str,
    every: Duration,
    now: OffsetDateTime,
) -> Result<bool> {
    let next = rfc3339(now.saturating_add(every));
    let now = rfc3339(now);
    let mut tx = log.begin(Mode::Write).await?;
    let first = "INSERT INTO pings_tasks (task, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.run(first, &[Bind::Text(task), Bind::Text(&now)]).await?;
    // A due time later than the next one was written while a clock was wrong.
    let take =
        "UPDATE pings_tasks SET due_at = $1 WHERE task = $2 AND (due_at <= $3 OR due_at > $1)";
    let binds = [Bind::Text(&next), Bind::Text(task), Bind::Text(&now)];
    let taken = tx.run(take, &binds).await?;
    tx.commit().await?;
    Ok(taken > 0)
}
