//! Writes a batch according to its plan.

use std::collections::BTreeSet;

use pings_database::{Bind, Result, Transaction};
use pings_model::ValueType;
use pings_payload::rfc3339;

use super::batch::{Batch, origin_of_code};
use super::disposition::Disposition;
use super::plan::Slots;
use super::plan::{Plan, Slot};
use super::reports;
use crate::ingest::intern::name;
use crate::ingest::left_out;
use crate::ingest::received::Received;

/// What became of a batch.
pub(super) struct Written {
    /// For each payload, whether its content is kept.
    pub(super) contents: Vec<bool>,
    /// The instances that the batch confirmed. Their rows must be rebuilt.
    pub(super) confirmed: BTreeSet<i64>,
}

/// Writes a batch.
pub(super) async fn write(
    tx: &mut Transaction,
    batch: &[Received],
    slots: &Slots,
    plan: &Plan,
    numbers: &Batch,
    conflicts: u32,
) -> Result<Written> {
    for ((registry, instance, week), id, _) in &plan.replaced {
        tx.run(
            "UPDATE payloads SET is_newest = 0 WHERE id = $1",
            &[Bind::Integer(*id)],
        )
        .await?;
        delete(tx, registry, week, (*instance, *instance)).await?;
    }
    let new: Vec<(&Received, &Slot)> = batch
        .iter()
        .zip(slots)
        .filter(|(_, slot)| matches!(slot.how, Disposition::New | Disposition::Late))
        .collect();
    insert_payloads(tx, &new).await?;
    let instances = new.iter().map(|(_, slot)| slot.instance).collect();
    let unknown = numbers.instances.new.values().copied().collect();
    let standing = left_out::decide(tx, &instances, &unknown).await?;
    reports::note(tx, &new, plan, &standing).await?;
    let payloads = new.iter().map(|(received, slot)| (*received, slot.id));
    insert_versions(tx, payloads).await?;
    let newest: Vec<Newest<'_>> = batch
        .iter()
        .zip(slots)
        .zip(&numbers.series_of)
        .filter(|((_, slot), _)| slot.is_newest && standing.has_rows(slot.instance))
        .map(|((received, slot), series)| Newest {
            received,
            series,
            instance: slot.instance,
            origin: slot.origin,
        })
        .collect();
    insert_rows(tx, &newest, numbers).await?;
    let mut kept = Vec::with_capacity(batch.len());
    for (received, slot) in batch.iter().zip(slots) {
        kept.push(match slot.how {
            Disposition::Conflict => insert_conflict(tx, received, slot.id, conflicts).await?,
            _ => slot.how.refusal().is_none(),
        });
    }
    Ok(Written {
        contents: kept,
        confirmed: standing.confirmed,
    })
}

/// Stores a conflicting content of a payload. Returns false if the maximum for its instance and
/// week is reached.
async fn insert_conflict(
    tx: &mut Transaction,
    received: &Received,
    payload: i64,
    most: u32,
) -> sqlx::Result<bool> {
    let sql = "SELECT count(*) FROM payloads AS own \
        JOIN payloads AS other ON other.registry = own.registry \
          AND other.instance = own.instance AND other.week = own.week \
        JOIN conflicts ON conflicts.payload = other.id WHERE own.id = $1";
    let kept = tx
        .value(sql, &[Bind::Integer(payload)], ValueType::Integer)
        .await?;
    let kept = kept.and_then(|kept| kept.integer()).unwrap_or_default();
    if kept >= i64::from(most) {
        return Ok(false);
    }
    tx.run(
        "INSERT INTO conflicts (payload, digest, received_at, body) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (payload, digest) DO NOTHING",
        &[
            Bind::Integer(payload),
            Bind::Text(&received.digest),
            Bind::Text(&rfc3339(received.received_at)),
            Bind::Text(&received.body),
        ],
    )
    .await?;
    Ok(true)
}

/// Deletes the rows of a week for a range of instance ids. The rows are found by week and instance,
/// so that the cost depends only on the number of deleted rows.
pub(crate) async fn delete(
    tx: &mut Transaction,
    registry: &str,
    week: &str,
    (first, last): (i64, i64),
) -> sqlx::Result<()> {
    let of_series = "series JOIN codes ON codes.id = series.code WHERE series.id";
    for (table, key, of) in [
        ("measurements", "series", of_series),
        ("measured", "code", "codes WHERE codes.id"),
        ("failures", "code", "codes WHERE codes.id"),
    ] {
        let sql = format!(
            "DELETE FROM {table} WHERE week = $2 AND instance BETWEEN $3 AND $4 \
             AND EXISTS (SELECT 1 FROM {of} = {table}.{key} AND codes.registry = $1)"
        );
        let binds = [
            Bind::Text(registry),
            Bind::Text(week),
            Bind::Integer(first),
            Bind::Integer(last),
        ];
        tx.run(&sql, &binds).await?;
    }
    Ok(())
}

async fn insert_payloads(tx: &mut Transaction, new: &[(&Received, &Slot)]) -> sqlx::Result<()> {
    let texts: Vec<[String; 2]> = new
        .iter()
        .map(|(received, _)| [received.week.to_string(), rfc3339(received.received_at)])
        .collect();
    let mut values = Vec::with_capacity(new.len() * 10);
    for ((received, slot), [week, received_at]) in new.iter().zip(&texts) {
        values.extend([
            Bind::Integer(slot.id),
            Bind::Text(&received.registry),
            Bind::Integer(slot.instance),
            Bind::Text(week),
            Bind::Integer(received.revision.into()),
            Bind::Integer(slot.origin),
            Bind::Text(&received.digest),
            Bind::Text(received_at),
            Bind::Integer(slot.is_newest.into()),
            Bind::Text(&received.body),
        ]);
    }
    let columns = [
        "id",
        "registry",
        "instance",
        "week",
        "revision",
        "origin",
        "digest",
        "received_at",
        "is_newest",
        "body",
    ];
    tx.insert("payloads", &columns, &values).await
}

/// Records how many events each version of a payload logged.
pub(crate) async fn insert_versions<'r>(
    tx: &mut Transaction,
    payloads: impl Iterator<Item = (&'r Received, i64)>,
) -> sqlx::Result<()> {
    let mut values = Vec::new();
    for (received, id) in payloads {
        for seen in &received.versions {
            values.extend([
                Bind::Integer(id),
                Bind::Text(&seen.version),
                seen.key.as_deref().map_or(Bind::Null, Bind::Text),
                Bind::Integer(i64::try_from(seen.events).unwrap_or(i64::MAX)),
            ]);
        }
    }
    let columns = ["payload", "version", "key", "events"];
    tx.insert("payload_versions", &columns, &values).await
}

/// A payload that is the newest of its week, with its ids.
pub(crate) struct Newest<'r> {
    pub(crate) received: &'r Received,
    /// The series ids of its values.
    pub(crate) series: &'r [i64],
    pub(crate) instance: i64,
    pub(crate) origin: i64,
}

/// Inserts the rows of payloads, in the order of the primary keys.
pub(crate) async fn insert_rows(
    tx: &mut Transaction,
    newest: &[Newest<'_>],
    numbers: &Batch,
) -> sqlx::Result<()> {
    let mut measurements = Vec::new();
    let mut measured = Vec::new();
    let mut failures = Vec::new();
    let weeks: Vec<String> = newest
        .iter()
        .map(|it| it.received.week.to_string())
        .collect();
    for (it, week) in newest.iter().zip(&weeks) {
        let Newest {
            received,
            series,
            instance,
            origin,
        } = it;
        let codes = received.rows.codes.iter();
        let codes = codes.map(|code| numbers.codes.of(&name(&[&received.registry, code])));
        let codes = codes.collect::<sqlx::Result<Vec<i64>>>()?;
        let origins =
            (0..received.rows.codes.len()).map(|place| match origin_of_code(received, place) {
                Some((name, _)) => numbers.origins.of(&name),
                None => Ok(*origin),
            });
        let origins = origins.collect::<sqlx::Result<Vec<i64>>>()?;
        for (row, series) in received.rows.measurements.iter().zip(*series) {
            measurements.push(((*series, week, origins[row.code], *instance), row.value));
        }
        for code in &received.rows.grouped {
            measured.push((codes[*code], week, origins[*code], *instance));
        }
        for (code, kind) in &received.rows.failures {
            failures.push(((codes[*code], week, origins[*code], *instance), kind.name()));
        }
    }
    measurements.sort_unstable_by_key(|(key, _)| *key);
    measured.sort_unstable();
    failures.sort_unstable();
    let key = |(series, week, origin, instance)| {
        let week: &String = week;
        [
            Bind::Integer(series),
            Bind::Text(week),
            Bind::Integer(origin),
            Bind::Integer(instance),
        ]
    };
    let mut values = Vec::with_capacity(measurements.len() * 5);
    for (of, value) in &measurements {
        values.extend(key(*of));
        values.push(value.map_or(Bind::Null, Bind::Number));
    }
    let columns = ["series", "week", "origin", "instance", "value"];
    tx.insert("measurements", &columns, &values).await?;
    let values: Vec<Bind<'_>> = measured.iter().flat_map(|of| key(*of)).collect();
    let columns = ["code", "week", "origin", "instance"];
    tx.insert("measured", &columns, &values).await?;
    let mut values = Vec::with_capacity(failures.len() * 5);
    for (of, kind) in &failures {
        values.extend(key(*of));
        values.push(Bind::Text(kind));
    }
    let columns = ["code", "week", "origin", "instance", "kind"];
    tx.insert("failures", &columns, &values).await
}
