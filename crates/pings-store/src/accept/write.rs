//! Writing what was decided about a batch.

use pings_database::{Bind, Transaction};
use pings_payload::rfc3339;

use super::plan::{Plan, Slot};
use super::{Batch, How, Slots, origin};
use crate::names::{Numbers, name};
use crate::received::Received;

pub(super) async fn write(
    tx: &mut Transaction,
    batch: &[Received],
    slots: &Slots,
    plan: &Plan,
    numbers: &Batch,
) -> sqlx::Result<()> {
    for ((registry, instance, week), id) in &plan.replaced {
        tx.run(
            "UPDATE payloads SET is_newest = 0 WHERE id = $1",
            &[Bind::Integer(*id)],
        )
        .await?;
        delete(tx, registry, week, *instance, *instance).await?;
    }
    let new: Vec<(&Received, &Slot)> = batch
        .iter()
        .zip(slots)
        .filter(|(_, slot)| matches!(slot.how, How::New | How::Late))
        .collect();
    insert_payloads(tx, &new).await?;
    let payloads = new.iter().map(|(received, slot)| (*received, slot.id));
    insert_versions(tx, payloads).await?;
    let newest: Vec<Newest<'_>> = new
        .iter()
        .filter(|(_, slot)| slot.is_newest)
        .map(|(received, slot)| Newest {
            received,
            instance: slot.instance,
            origin: slot.origin,
        })
        .collect();
    insert_rows(tx, &newest, &numbers.codes).await?;
    for (received, slot) in batch.iter().zip(slots) {
        if slot.how == How::Conflict {
            tx.run(
                "INSERT INTO conflicts (payload, digest, received_at, body) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (payload, digest) DO NOTHING",
                &[
                    Bind::Integer(slot.id),
                    Bind::Text(&received.digest),
                    Bind::Text(&rfc3339(received.received_at)),
                    Bind::Text(&received.body),
                ],
            )
            .await?;
        }
    }
    Ok(())
}

/// Removes the rows of a week of instances with numbers from one to another.
pub(crate) async fn delete(
    tx: &mut Transaction,
    registry: &str,
    week: &str,
    first: i64,
    last: i64,
) -> sqlx::Result<()> {
    for table in ["measurements", "failures"] {
        let sql = format!(
            "DELETE FROM {table} WHERE code IN (SELECT id FROM codes WHERE registry = $1) \
             AND week = $2 AND instance BETWEEN $3 AND $4"
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

/// Notes the versions of origins that are new.
pub(crate) async fn note_origins(
    tx: &mut Transaction,
    batch: &[Received],
    origins: &Numbers,
) -> sqlx::Result<()> {
    let mut noted = std::collections::BTreeSet::new();
    let mut values = Vec::new();
    for received in batch {
        let Some(id) = origins.new.get(&origin(received)) else {
            continue;
        };
        if noted.insert(*id) {
            for seen in &received.versions {
                values.push(Bind::Integer(*id));
                values.push(Bind::Text(&seen.version));
                values.push(seen.key.as_deref().map_or(Bind::Null, Bind::Text));
            }
        }
    }
    tx.insert("origin_versions", &["origin", "version", "key"], &values)
        .await
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

/// Notes how many events of payloads each version logged.
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

/// A payload that is the newest of its week, and the numbers of what it is of.
pub(crate) struct Newest<'r> {
    pub(crate) received: &'r Received,
    pub(crate) instance: i64,
    pub(crate) origin: i64,
}

/// Adds the rows of payloads, in the order in which the tables keep them.
pub(crate) async fn insert_rows(
    tx: &mut Transaction,
    newest: &[Newest<'_>],
    codes: &Numbers,
) -> sqlx::Result<()> {
    let mut measurements = Vec::new();
    let mut failures = Vec::new();
    let weeks: Vec<String> = newest
        .iter()
        .map(|it| it.received.week.to_string())
        .collect();
    for (it, week) in newest.iter().zip(&weeks) {
        let Newest {
            received,
            instance,
            origin,
        } = it;
        let mut numbers = Vec::with_capacity(received.rows.codes.len());
        for code in &received.rows.codes {
            numbers.push(codes.of(&name(&[&received.registry, code]))?);
        }
        for row in &received.rows.measurements {
            let key = (
                numbers[row.code],
                week,
                *instance,
                &row.dimensions,
                &row.measure,
            );
            measurements.push((key, *origin, row.value));
        }
        for (code, kind) in &received.rows.failures {
            failures.push((numbers[*code], week, *instance, *origin, kind.name()));
        }
    }
    measurements.sort_unstable_by_key(|(key, ..)| *key);
    failures.sort_unstable();
    let mut values = Vec::with_capacity(measurements.len() * 7);
    for ((code, week, instance, dimensions, measure), origin, value) in &measurements {
        values.extend([
            Bind::Integer(*code),
            Bind::Text(week),
            Bind::Integer(*instance),
            Bind::Text(dimensions),
            Bind::Text(measure),
            Bind::Integer(*origin),
            value.map_or(Bind::Null, Bind::Number),
        ]);
    }
    let columns = [
        "code",
        "week",
        "instance",
        "dimensions",
        "measure",
        "origin",
        "value",
    ];
    tx.insert("measurements", &columns, &values).await?;
    let mut values = Vec::with_capacity(failures.len() * 5);
    for (code, week, instance, origin, kind) in &failures {
        values.extend([
            Bind::Integer(*code),
            Bind::Text(week),
            Bind::Integer(*instance),
            Bind::Integer(*origin),
            Bind::Text(kind),
        ]);
    }
    let columns = ["code", "week", "instance", "origin", "kind"];
    tx.insert("failures", &columns, &values).await
}
