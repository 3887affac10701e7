//! Tasks that run once, however many processes share a database.

use pings_database::{Bind, Mode, Result};
use pings_payload::rfc3339;
use time::{Duration, OffsetDateTime};

use crate::event_log::EventLog;

/// Whether a task is due, and it is this process that does it: the next time
/// is then so much later.
///
/// # Errors
///
/// Where the database fails.
pub(crate) async fn takes(
    log: &EventLog,
    task: &str,
    every: Duration,
    now: OffsetDateTime,
) -> Result<bool> {
    let next = rfc3339(now + every);
    let now = rfc3339(now);
    let mut tx = log.begin(Mode::Write).await?;
    let first = "INSERT INTO pings_tasks (task, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.run(first, &[Bind::Text(task), Bind::Text(&now)]).await?;
    // A time beyond the next was written when the clock was wrong.
    let take =
        "UPDATE pings_tasks SET due_at = $1 WHERE task = $2 AND (due_at <= $3 OR due_at > $1)";
    let binds = [Bind::Text(&next), Bind::Text(task), Bind::Text(&now)];
    let taken = tx.run(take, &binds).await?;
    tx.commit().await?;
    Ok(taken > 0)
}
