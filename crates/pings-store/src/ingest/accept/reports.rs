//! Maintains small tables of the weeks that instances reported, so that readers need not count
//! payloads.

use std::collections::BTreeMap;

use pings_database::{Bind, Transaction};

use super::plan::{Plan, Slot};
use crate::ingest::intern::values;
use crate::ingest::left_out::LeftOut;
use crate::ingest::received::Received;

/// The number of rows per statement.
const AT_ONCE: usize = 256;

/// Records the new payloads of a batch, and those that they replace.
pub(super) async fn note(
    tx: &mut Transaction,
    new: &[(&Received, &Slot)],
    plan: &Plan,
    standing: &LeftOut,
) -> sqlx::Result<()> {
    let mut counts: BTreeMap<(&str, String, i64), i64> = BTreeMap::new();
    let mut spans: BTreeMap<(&str, i64), (String, String)> = BTreeMap::new();
    for ((registry, instance, week), _, origin) in &plan.replaced {
        if !standing.has_rows(*instance) {
            continue;
        }
        *counts.entry((registry, week.clone(), *origin)).or_default() -= 1;
    }
    for (received, slot) in new {
        let week = received.week.to_string();
        let span = spans
            .entry((&received.registry, slot.instance))
            .or_insert_with(|| (week.clone(), week.clone()));
        if week < span.0 {
            span.0.clone_from(&week);
        }
        if week > span.1 {
            span.1.clone_from(&week);
        }
        if slot.is_newest && standing.has_rows(slot.instance) {
            *counts
                .entry((&received.registry, week, slot.origin))
                .or_default() += 1;
        }
    }
    let counts: Vec<[Bind<'_>; 4]> = counts
        .iter()
        .map(|((registry, week, origin), change)| {
            [
                Bind::Text(registry),
                Bind::Text(week),
                Bind::Integer(*origin),
                Bind::Integer(*change),
            ]
        })
        .collect();
    upsert(
        tx,
        "INSERT INTO reports (registry, week, origin, instances)",
        &counts,
        "ON CONFLICT (registry, week, origin) \
         DO UPDATE SET instances = reports.instances + excluded.instances",
    )
    .await?;
    let spans: Vec<[Bind<'_>; 4]> = spans
        .iter()
        .map(|((registry, instance), (first, last))| {
            [
                Bind::Text(registry),
                Bind::Integer(*instance),
                Bind::Text(first),
                Bind::Text(last),
            ]
        })
        .collect();
    upsert(
        tx,
        "INSERT INTO instance_spans (registry, instance, first_week, last_week)",
        &spans,
        "ON CONFLICT (registry, instance) DO UPDATE SET \
           first_week = CASE WHEN excluded.first_week < instance_spans.first_week \
             THEN excluded.first_week ELSE instance_spans.first_week END, \
           last_week = CASE WHEN excluded.last_week > instance_spans.last_week \
             THEN excluded.last_week ELSE instance_spans.last_week END",
    )
    .await
}

async fn upsert(
    tx: &mut Transaction,
    insert: &str,
    rows: &[[Bind<'_>; 4]],
    conflict: &str,
) -> sqlx::Result<()> {
    for some in rows.chunks(AT_ONCE) {
        let sql = format!("{insert} {} {conflict}", values(some.len(), 4));
        tx.run(&sql, &some.concat()).await?;
    }
    Ok(())
}

/// Recounts the reports of a week.
pub(crate) async fn recount(tx: &mut Transaction, registry: &str, week: &str) -> sqlx::Result<()> {
    let binds = [Bind::Text(registry), Bind::Text(week)];
    let sql = "DELETE FROM reports WHERE registry = $1 AND week = $2";
    tx.run(sql, &binds).await?;
    let sql = "INSERT INTO reports (registry, week, origin, instances) \
        SELECT registry, week, origin, count(*) FROM counted_payloads \
        WHERE registry = $1 AND week = $2 \
        GROUP BY registry, week, origin";
    tx.run(sql, &binds).await?;
    Ok(())
}

/// Recomputes the first and the last week of each instance.
pub(crate) async fn recount_lives(tx: &mut Transaction) -> sqlx::Result<()> {
    tx.run("DELETE FROM instance_spans", &[]).await?;
    let sql = "INSERT INTO instance_spans (registry, instance, first_week, last_week) \
        SELECT registry, instance, min(week), max(week) FROM payloads GROUP BY registry, instance";
    tx.run(sql, &[]).await?;
    Ok(())
}
