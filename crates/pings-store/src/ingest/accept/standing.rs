//! Determines the state of a week whose payload was not simply kept: which revision the store
//! holds, and whether different content under the same revision has the same values.

use std::collections::HashSet;

use pings_database::{Bind, Cell, Transaction};
use pings_model::ValueType;
use pings_payload::Payload;

use super::batch::Batch;
use super::disposition::{Disposition, Standing};
use super::plan::{Plan, Slot};
use crate::ingest::received::Received;

/// Records the payloads of a batch that have the same values as the stored content of their
/// revision: only durations, or the notation of numbers, differ.
pub(super) async fn note_same(
    tx: &mut Transaction,
    batch: &[Received],
    plan: &mut Plan,
    numbers: &Batch,
) -> sqlx::Result<()> {
    let mut same = HashSet::new();
    for received in batch {
        let instance = numbers.instances.of(&received.instance.to_string())?;
        let Some(kept) = plan.other_content(instance, received) else {
            continue;
        };
        let sql = "SELECT body FROM payloads WHERE id = $1";
        let body = tx
            .value(sql, &[Bind::Integer(kept)], ValueType::Text)
            .await?;
        let body = body.as_ref().and_then(Cell::text).unwrap_or_default();
        if says_the_same(body, received) {
            same.insert((kept, received.digest.clone()));
        }
    }
    plan.same = same;
    Ok(())
}

/// Returns whether a stored content has the same values as a payload.
pub(crate) fn says_the_same(body: &str, received: &Received) -> bool {
    let says_the_same = Payload::read(body.as_bytes())
        .and_then(|kept| Ok(kept.says_the_same(&Payload::read(received.body.as_bytes())?)));
    says_the_same == Ok(true)
}

/// Returns the revision that the store holds instead of the payload of a slot, if there is one.
pub(super) async fn standing(
    tx: &mut Transaction,
    received: &Received,
    slot: &Slot,
) -> sqlx::Result<Option<Standing>> {
    if slot.how == Disposition::New {
        return Ok(None);
    }
    let sql = "SELECT payloads.revision, \
          (SELECT CAST(coalesce(sum(events), 0) AS bigint) FROM payload_versions \
           WHERE payload_versions.payload = payloads.id) \
        FROM payloads WHERE registry = $1 AND instance = $2 AND week = $3 \
        ORDER BY revision DESC LIMIT 1";
    let week = received.week.to_string();
    let binds = [
        Bind::Text(&received.registry),
        Bind::Integer(slot.instance),
        Bind::Text(&week),
    ];
    let rows = tx.rows(sql, &binds, &[ValueType::Integer; 2]).await?;
    let Some([Cell::Integer(newest), Cell::Integer(events)]) = rows.first().map(Vec::as_slice)
    else {
        return Ok(None);
    };
    let newest = u32::try_from(*newest).unwrap_or(u32::MAX);
    let is_other = slot.how == Disposition::Conflict || newest > received.revision;
    Ok(is_other.then_some(Standing {
        newest,
        events: events.unsigned_abs(),
    }))
}
