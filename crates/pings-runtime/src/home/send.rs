//! Sending what waits in the outbox.

use pings_database::Result;
use pings_payload::rfc3339;
use time::{Duration, OffsetDateTime};

use super::answer::{Verdict, chance, pause};
use super::client::{PATIENCE, StoreAddress};
use super::outbox::{Entry, State, claim, next_due, settle};
use crate::event_log::EventLog;
use crate::import::line::parse_time;

/// Sends the next payload that is due, and notes what was answered; none where none is due.
///
/// A payload whose answer was lost, or whose sender died, is sent again: stores
/// take each revision of a week once.
///
/// # Errors
///
/// Where the database fails.
pub async fn send_next(
    log: &EventLog,
    store: &StoreAddress,
    clock: fn() -> OffsetDateTime,
) -> Result<Option<Entry>> {
    let now = clock();
    // Whoever claims it and dies leaves it to others after that.
    let lease = now + PATIENCE * 2;
    let Some(mut entry) = claim(log, now, lease).await? else {
        return Ok(None);
    };
    let answered = store.post(&entry.body).await;
    let now = clock();
    let again = now + pause(entry.attempts, chance());
    match answered {
        Ok(answer) => {
            entry.status = Some(answer.status);
            entry.state = match answer.verdict() {
                Verdict::Taken => State::Sent,
                Verdict::Refused => State::Parked,
                Verdict::Later => State::Waiting,
            };
            let again = answer.wait(now).map_or(again, |wait| now + wait);
            entry.due_at = due(again);
            entry.answer = Some(answer.text);
        }
        Err(reason) => {
            entry.state = State::Waiting;
            entry.status = None;
            entry.due_at = due(again);
            entry.answer = Some(reason);
        }
    }
    settle(log, &entry).await?;
    Ok(Some(entry))
}

/// Times are kept in whole seconds: none comes too early.
fn due(at: OffsetDateTime) -> String {
    rfc3339(at + Duration::seconds(1))
}

/// When the next payload is due; none where none waits.
///
/// # Errors
///
/// Where the database fails.
pub async fn next_send(log: &EventLog) -> Result<Option<OffsetDateTime>> {
    Ok(next_due(log).await?.and_then(|due| parse_time(&due)))
}
