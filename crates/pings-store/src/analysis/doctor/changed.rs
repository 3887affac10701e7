//! Finds weeks whose revisions differ more than late events explain.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell};
use pings_model::{Registry, ValueType};
use pings_payload::{Payload, Value, Week};

use crate::reader::Reader;
use pings_database::Result;

/// The maximum number of revisions that are read, newest first.
const READ: i64 = 2_000;

/// The relative growth above which a count is reported. Late events add less.
const GREW: f64 = 0.5;

/// The minimum of a count that grew, so that small counts are not reported.
const LARGE: f64 = 20.0;

/// A week of an instance whose newer revision has lower counts than the one before, or much higher
/// ones.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The id of the instance.
    pub instance: String,
    /// The week.
    pub week: Week,
    /// The newer revision.
    pub revision: u32,
    /// The codes, each with its count before and after.
    pub codes: Vec<(String, f64, f64)>,
}

/// An instance that sent different contents under the same revisions.
///
/// If this happens week after week, there are two instances with the same id, because the database
/// was copied.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The id of the instance.
    pub instance: String,
    /// The weeks with different contents.
    pub weeks: Vec<Week>,
}

/// Returns the weeks that a newer revision changed in another way than late events do.
pub(crate) async fn changes(
    tx: &mut Reader,
    registry: &Registry,
    first: Week,
) -> Result<Vec<Change>> {
    let sql = "\
        SELECT older.body, newer.body FROM payloads AS newer \
        JOIN payloads AS older ON older.registry = newer.registry \
          AND older.instance = newer.instance AND older.week = newer.week \
          AND older.revision = (SELECT max(before.revision) FROM payloads AS before \
            WHERE before.registry = newer.registry AND before.instance = newer.instance \
              AND before.week = newer.week AND before.revision < newer.revision) \
        WHERE newer.registry = $1 AND newer.week >= $2 AND newer.revision > 1 \
          AND newer.instance NOT IN (SELECT id FROM instances WHERE left_out IS NOT NULL) \
        ORDER BY newer.week DESC, newer.instance, newer.revision LIMIT $3";
    let sql = match tx.is_clickhouse() {
        true => CHANGED_ON_CLICKHOUSE,
        false => sql,
    };
    let first = first.to_string();
    let binds = [
        Bind::Text(registry.name()),
        Bind::Text(&first),
        Bind::Integer(READ),
    ];
    let rows = tx
        .rows(sql, &binds, &[ValueType::Text, ValueType::Text])
        .await?;
    let changes = rows.iter().filter_map(|row| {
        let [Cell::Text(older), Cell::Text(newer)] = &row[..] else {
            return None;
        };
        let older = Payload::read(older.as_bytes()).ok()?;
        let newer = Payload::read(newer.as_bytes()).ok()?;
        let codes = changed(registry, &older, &newer);
        (!codes.is_empty()).then(|| Change {
            instance: newer.instance.to_string(),
            week: newer.week,
            revision: newer.revision,
            codes,
        })
    });
    Ok(changes.collect())
}

/// Returns the codes whose counts decreased, or increased a lot.
fn changed(registry: &Registry, older: &Payload, newer: &Payload) -> Vec<(String, f64, f64)> {
    let codes = registry.metrics().filter_map(|(_, metric)| {
        let of = |payload: &Payload| {
            let outcome = &payload.metrics.get(&metric.code)?.outcome;
            counted(outcome.as_ref().ok()?)
        };
        let (before, after) = (of(older)?, of(newer)?);
        let is_odd = after < before || after > before * (1.0 + GREW) && after > LARGE;
        is_odd.then(|| (metric.code.clone(), before, after))
    });
    codes.collect()
}

/// Returns the total count of a value, if it has counts.
fn counted(value: &Value) -> Option<f64> {
    let of = |measures: &pings_payload::Measures| {
        let mut found = measures.iter().filter(|(name, _)| name == "count");
        found.next()?.1.as_ref()?.as_f64()
    };
    match value {
        Value::One(measures) => of(measures),
        Value::Rows { rows, .. } => rows.iter().map(|row| of(&row.measures)).sum(),
        Value::Steps(steps) => steps.iter().map(|step| of(&step.measures)).sum(),
    }
}

/// Revisions with the revision before on ClickHouse, which rejects the join for the others.
const CHANGED_ON_CLICKHOUSE: &str = "\
    SELECT older, body FROM ( \
      SELECT week, instance, revision, body, \
        lagInFrame(body) OVER (PARTITION BY instance, week ORDER BY revision) AS older \
      FROM payloads WHERE registry = $1 AND week >= $2 AND (instance, week) IN ( \
        SELECT instance, week FROM payloads WHERE registry = $1 AND week >= $2 AND revision > 1) \
      ) AS revisions \
    WHERE revision > 1 AND older <> '' \
      AND instance NOT IN (SELECT id FROM instances WHERE left_out IS NOT NULL) \
    ORDER BY week DESC, instance, revision LIMIT $3";

/// Returns the instances that sent different contents under the same revisions.
pub(crate) async fn conflicts(tx: &mut Reader, registry: &Registry) -> Result<Vec<Conflict>> {
    let sql = "\
        SELECT DISTINCT instances.uuid, payloads.week FROM conflicts \
        JOIN payloads ON payloads.id = conflicts.payload \
        JOIN instances ON instances.id = payloads.instance \
        WHERE payloads.registry = $1 AND instances.left_out IS NULL \
        ORDER BY instances.uuid, payloads.week";
    let binds = [Bind::Text(registry.name())];
    let rows = tx
        .rows(sql, &binds, &[ValueType::Text, ValueType::Text])
        .await?;
    let mut conflicts: BTreeMap<String, Vec<Week>> = BTreeMap::new();
    for row in rows {
        if let [Cell::Text(instance), Cell::Text(week)] = &row[..]
            && let Ok(week) = week.parse()
        {
            conflicts.entry(instance.clone()).or_default().push(week);
        }
    }
    let conflicts = conflicts
        .into_iter()
        .map(|(instance, weeks)| Conflict { instance, weeks });
    Ok(conflicts.collect())
}
