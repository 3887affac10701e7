//! The ids of the events that clients sent, so that no event is logged twice.

use std::collections::{BTreeSet, HashSet};

use pings_database::{Bind, Cell, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::received::Received;
use crate::event_log::row::{Row, milliseconds};
use crate::import::line::parse_time;

/// The maximum number of ids that are removed in one transaction.
pub(super) const FEW: u64 = 5_000;

/// Returns the places of the rows with an id whose events happened while gathering was switched
/// off. They may have waited in a client until it was switched on again.
pub(super) async fn from_off_times(
    tx: &mut Transaction,
    rows: &[Row<'_>],
) -> sqlx::Result<BTreeSet<usize>> {
    let with_id = (0..).zip(rows).filter(|(_, row)| row.id.is_some());
    let with_id: Vec<(usize, i64)> = with_id.map(|(place, row)| (place, row.timestamp)).collect();
    if with_id.is_empty() {
        return Ok(BTreeSet::new());
    }
    let sql = "SELECT is_on, since FROM pings_consent WHERE switch = 'gather' ORDER BY change";
    let changes = tx
        .rows(sql, &[], &[ValueType::Integer, ValueType::Text])
        .await?;
    let changes = changes.iter().filter_map(|row| match row.as_slice() {
        // An empty time is before everything that was logged.
        [Cell::Integer(is_on), Cell::Text(since)] => Some((
            *is_on != 0,
            parse_time(since).map_or(i64::MIN, milliseconds),
        )),
        _ => None,
    });
    let changes: Vec<(bool, i64)> = changes.collect();
    let is_off = |at: i64| {
        let before = changes.iter().take_while(|(_, since)| *since <= at);
        before.last().is_some_and(|(is_on, _)| !is_on)
    };
    let off = with_id.into_iter().filter(|(_, at)| is_off(*at));
    Ok(off.map(|(place, _)| place).collect())
}

/// Notes the ids of the rows, except those at places to skip. Returns the places of the rows whose
/// id was noted before.
pub(super) async fn note(
    tx: &mut Transaction,
    rows: &[Row<'_>],
    is_skipped: impl Fn(usize) -> bool,
    now: OffsetDateTime,
) -> sqlx::Result<BTreeSet<usize>> {
    let with_id = (0..)
        .zip(rows)
        .filter_map(|(place, row)| Some((place, row.id?)));
    let with_id: Vec<(usize, Uuid)> = with_id.filter(|(place, _)| !is_skipped(*place)).collect();
    if with_id.is_empty() {
        return Ok(BTreeSet::new());
    }
    let ids: Vec<String> = with_id.iter().map(|(_, id)| id.to_string()).collect();
    let ids = serde_json::to_string(&ids).map_err(|error| sqlx::Error::Encode(error.into()))?;
    // In the order of the ids, so that two transactions with the same ids do not wait for each
    // other.
    let sql = match tx.dialect() {
        Dialect::Sqlite => {
            "INSERT INTO pings_received (id, received_on) \
             SELECT value, $2 FROM json_each($1) ORDER BY value \
             ON CONFLICT DO NOTHING RETURNING id"
        }
        Dialect::Postgres => {
            "INSERT INTO pings_received (id, received_on) \
             SELECT id::uuid, $2::text::date FROM json_array_elements_text($1::json) AS id \
             ORDER BY id::uuid ON CONFLICT DO NOTHING RETURNING id::text"
        }
    };
    let today = now.to_offset(time::UtcOffset::UTC).date().to_string();
    let binds = [Bind::Text(&ids), Bind::Text(&today)];
    let new = tx.rows(sql, &binds, &[ValueType::Text]).await?;
    let new = new
        .iter()
        .filter_map(|row| row.first().and_then(Cell::text));
    let mut new: HashSet<Uuid> = new.filter_map(|id| id.parse().ok()).collect();
    // A second row with the same id in the same batch is a duplicate, too.
    let known = with_id.into_iter().filter(|(_, id)| !new.remove(id));
    Ok(known.map(|(place, _)| place).collect())
}

/// Removes some of the ids that no event can have any more, and returns how many. An id is removed
/// only if the event is old, too, since the clock of its client may be wrong.
pub(super) async fn forget(tx: &mut Transaction, now: OffsetDateTime) -> sqlx::Result<u64> {
    // One day more than an event is accepted, because only the date of the arrival is known.
    let before = now.to_offset(time::UtcOffset::UTC) - Received::REMEMBERED - Duration::days(1);
    let date = before.date().to_string();
    let id = first_id(before).to_string();
    let sql = match tx.dialect() {
        Dialect::Sqlite => format!(
            "DELETE FROM pings_received WHERE id IN ( \
               SELECT id FROM pings_received WHERE id < $1 AND received_on < $2 LIMIT {FEW})"
        ),
        Dialect::Postgres => format!(
            "DELETE FROM pings_received WHERE id IN ( \
               SELECT id FROM pings_received \
               WHERE id < $1::text::uuid AND received_on < $2::text::date LIMIT {FEW})"
        ),
    };
    tx.run(&sql, &[Bind::Text(&id), Bind::Text(&date)]).await
}

/// Returns the smallest UUIDv7 of a time.
fn first_id(at: OffsetDateTime) -> Uuid {
    let milliseconds = milliseconds(at).max(0) as u128;
    Uuid::from_u128(milliseconds << 80)
}
