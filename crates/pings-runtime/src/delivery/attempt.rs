//! Attempts to send a payload of the outbox: when one is due, and its result.

use pings_database::{Bind, Mode, Result};
use pings_model::ValueType;
use pings_payload::{Week, rfc3339};
use time::OffsetDateTime;

use super::answer::LONGEST_WAIT;
use super::client::StoreAddress;
use super::entry::{Entry, select};
use crate::consent::sending_since;
use crate::event_log::EventLog;

/// Claims the next payload that is due, so that no other process does so before `until`.
pub(super) async fn claim(
    log: &EventLog,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Option<Entry>> {
    let mut tx = log.begin(Mode::Write).await?;
    let lock = match tx.dialect() {
        pings_sql::Dialect::Sqlite => "",
        pings_sql::Dialect::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    let Some(first) = sending_since(&mut tx).await? else {
        tx.rollback().await?;
        return Ok(None);
    };
    // A due time that is too far ahead was written while a clock was wrong. Payloads that were
    // never tried come first, so that a payload that fails slowly does not delay others.
    let rest = format!(
        "WHERE state = 'waiting' AND week >= $3 AND week <= $4 \
           AND (due_at <= $1 OR due_at > $2) ORDER BY coalesce(tried_at, ''), week, revision LIMIT 1{lock}"
    );
    let (now_text, until) = (rfc3339(now), rfc3339(until));
    let far = rfc3339(now.saturating_add(LONGEST_WAIT * 2));
    let (first, over) = (first.to_string(), Week::last_complete(now).to_string());
    let binds = [&now_text, &far, &first, &over].map(|text| Bind::Text(text));
    let found = select(&mut tx, &rest, &binds).await?;
    let Some(mut entry) = found.into_iter().next() else {
        tx.rollback().await?;
        return Ok(None);
    };
    let week = entry.week.to_string();
    let sql = "UPDATE pings_outbox SET attempts = attempts + 1, tried_at = $1, due_at = $2 \
               WHERE week = $3 AND revision = $4";
    let binds = [
        Bind::Text(&now_text),
        Bind::Text(&until),
        Bind::Text(&week),
        Bind::Integer(entry.revision.into()),
    ];
    tx.run(sql, &binds).await?;
    tx.commit().await?;
    entry.attempts += 1;
    entry.tried_at = Some(now_text);
    Ok(Some(entry))
}

/// Stores the result of an attempt to send a payload.
pub(super) async fn settle(log: &EventLog, entry: &Entry, store: &StoreAddress) -> Result<()> {
    let (week, refused_by) = (entry.week.to_string(), store.fingerprint());
    // A payload that was replaced or withheld while it was being sent does not wait again. A
    // payload that the store has becomes `sent`, even if it was replaced or withheld in the
    // meantime.
    let sql = "UPDATE pings_outbox SET due_at = $2, status = NULLIF($3, 0), answer = $4, \
                 state = CASE WHEN state = 'waiting' OR $1 = 'sent' THEN $1 ELSE state END, \
                 again = CASE WHEN $1 IN ('sent', 'replaced', 'parked') THEN 0 ELSE again END, \
                 parked_by = CASE WHEN $1 = 'parked' THEN $7 END \
               WHERE week = $5 AND revision = $6 AND state <> 'sent'";
    let binds = [
        Bind::Text(entry.state.name()),
        Bind::Text(&entry.due_at),
        Bind::Integer(entry.status.unwrap_or(0).into()),
        Bind::Text(entry.answer.as_deref().unwrap_or_default()),
        Bind::Text(&week),
        Bind::Integer(entry.revision.into()),
        Bind::Text(&refused_by),
    ];
    let mut tx = log.begin(Mode::Write).await?;
    tx.run(sql, &binds).await?;
    tx.commit().await?;
    Ok(())
}

/// Returns when the next waiting payload of a finished week is due; `None` if no payload waits.
pub(super) async fn next_due(log: &EventLog, now: OffsetDateTime) -> Result<Option<String>> {
    let mut tx = log.begin(Mode::Read).await?;
    let due = match sending_since(&mut tx).await? {
        Some(first) => {
            let sql = "SELECT min(due_at) FROM pings_outbox \
                       WHERE state = 'waiting' AND week >= $1 AND week <= $2";
            let (first, over) = (first.to_string(), Week::last_complete(now).to_string());
            tx.value(
                sql,
                &[Bind::Text(&first), Bind::Text(&over)],
                ValueType::Text,
            )
            .await?
        }
        None => None,
    };
    tx.rollback().await?;
    Ok(due.and_then(|cell| cell.text().map(str::to_owned)))
}
