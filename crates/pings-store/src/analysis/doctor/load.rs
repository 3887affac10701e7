//! Loads observations from the store.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell};
use pings_model::{Registry, ValueType};
use pings_payload::Week;
use time::OffsetDateTime;

use super::groups::Values;
use super::observations::Observations;
use crate::analysis::trust::Versions;
use crate::reader::Reader;
use pings_database::Result;

/// The number of weeks that are examined.
const WEEKS: u32 = 52;

/// Loads the values of the registry's codes in the last weeks. Returns `None` if there are no
/// payloads.
pub(crate) async fn observations<'r>(
    tx: &mut Reader,
    registry: &'r Registry,
) -> Result<Option<Observations<'r>>> {
    let name = Bind::Text(registry.name());
    let running = Week::containing(OffsetDateTime::now_utc()).to_string();
    let last = tx
        .value(
            // A clock that was ahead may have left weeks that have not begun.
            "SELECT max(week) FROM counted_payloads WHERE registry = $1 AND week <= $2",
            &[name, Bind::Text(&running)],
            ValueType::Text,
        )
        .await?;
    let Some(last) = last.as_ref().and_then(Cell::text).and_then(week) else {
        return Ok(None);
    };
    let first = last.back(WEEKS - 1);
    let reports = reports(tx, registry, first).await?;
    let mut places: BTreeMap<i64, usize> = BTreeMap::new();
    let mut instances = Vec::new();
    for report in &reports {
        places.entry(report.instance).or_insert_with(|| {
            instances.push(report.uuid.clone());
            instances.len() - 1
        });
    }
    let weeks = WEEKS as usize;
    let mut seen = Observations::new(registry, instances, first, weeks);
    for report in reports.iter().filter(|it| !it.versions.is_not_running) {
        let place = places[&report.instance];
        seen.report(place, report.week, &report.versions, report.events);
    }
    let measures: Vec<(String, String, bool)> = seen
        .measures()
        .map(|(code, measure, adds_up)| (code.to_owned(), measure.to_owned(), adds_up))
        .collect();
    for (place, (code, measure, adds_up)) in measures.iter().enumerate() {
        let Some(id) = crate::analysis::series::code_id(tx, registry, code).await? else {
            continue;
        };
        let from = first.to_string();
        let aggregate = if *adds_up { "sum" } else { "avg" };
        let sql = format!(
            "SELECT week, instance, {aggregate}(value) FROM measurements \
             WHERE {} series IN (SELECT id FROM series WHERE code = $1 AND measure = $3) \
               AND week >= $2 GROUP BY week, instance",
            tx.of_code(id)
        );
        let binds = [Bind::Integer(id), Bind::Text(&from), Bind::Text(measure)];
        let types = [ValueType::Text, ValueType::Integer, ValueType::Number];
        for row in tx.rows(&sql, &binds, &types).await? {
            if let [
                Cell::Text(text),
                Cell::Integer(instance),
                Cell::Number(value),
            ] = &row[..]
                && let (Some(week), Some(instance)) = (week(text), places.get(instance))
            {
                seen.value(place, *instance, week, *value);
            }
        }
        let sql = "SELECT week, instance FROM failures WHERE code = $1 AND week >= $2 \
             AND kind NOT IN ('absent', 'withdrawn')";
        for row in tx.rows(sql, &binds[..2], &types[..2]).await? {
            if let [Cell::Text(text), Cell::Integer(instance)] = &row[..]
                && let (Some(week), Some(instance)) = (week(text), places.get(instance))
            {
                seen.failure(place, *instance, week);
            }
        }
    }
    Ok(Some(seen))
}

/// Loads the values of the groups of a code, by the JSON of their dimensions. A code whose groups do
/// not add up has none.
pub(crate) async fn groups(
    tx: &mut Reader,
    registry: &Registry,
    seen: &Observations<'_>,
    place: usize,
) -> Result<BTreeMap<String, Values>> {
    let mut groups: BTreeMap<String, Values> = BTreeMap::new();
    let code = &seen.codes[place];
    let id = crate::analysis::series::code_id(tx, registry, code.code).await?;
    let Some(id) = id.filter(|_| code.adds_up) else {
        return Ok(groups);
    };
    let instances: BTreeMap<&str, usize> =
        seen.instances.iter().map(String::as_str).zip(0..).collect();
    let sql = format!(
        "SELECT series.dimensions, measurements.week, instances.uuid, measurements.value \
        FROM measurements JOIN series ON series.id = measurements.series \
        JOIN instances ON instances.id = measurements.instance \
        WHERE {} measurements.series IN (SELECT id FROM series \
            WHERE code = $1 AND measure = $2 AND dimensions <> '{{}}') \
          AND measurements.week >= $3 AND measurements.value IS NOT NULL",
        tx.of_code(id)
    );
    let first = seen.first.to_string();
    let binds = [
        Bind::Integer(id),
        Bind::Text(&code.measure),
        Bind::Text(&first),
    ];
    let text = ValueType::Text;
    for row in tx
        .rows(&sql, &binds, &[text, text, text, ValueType::Number])
        .await?
    {
        if let [
            Cell::Text(group),
            Cell::Text(at),
            Cell::Text(instance),
            Cell::Number(value),
        ] = &row[..]
            && let Some(instance) = instances.get(instance.as_str())
            && let Some(week) = week(at).and_then(|week| seen.week_place(week))
        {
            let values = match groups.get_mut(group) {
                Some(values) => values,
                None => groups.entry(group.clone()).or_default(),
            };
            values.push((*instance, week, *value));
        }
    }
    Ok(groups)
}

/// The report of an instance for a week.
struct Report {
    instance: i64,
    uuid: String,
    week: Week,
    versions: Versions,
    events: f64,
}

/// Returns the newest report of each instance and week whose registry is registered.
async fn reports(tx: &mut Reader, registry: &Registry, first: Week) -> Result<Vec<Report>> {
    let sql = "\
        SELECT payloads.instance, instances.uuid, payloads.week, origins.versions, \
          CAST(sum(payload_versions.events) AS double precision) \
        FROM counted_payloads AS payloads \
        JOIN instances ON instances.id = payloads.instance \
        JOIN origins ON origins.id = payloads.origin \
        JOIN fingerprints ON fingerprints.registry = origins.registry \
          AND fingerprints.fingerprint = origins.fingerprint \
        JOIN payload_versions ON payload_versions.payload = payloads.id \
        WHERE payloads.registry = $1 AND payloads.week >= $2 \
        GROUP BY payloads.instance, instances.uuid, payloads.week, origins.versions \
        ORDER BY payloads.instance, payloads.week";
    let first = first.to_string();
    let binds = [Bind::Text(registry.name()), Bind::Text(&first)];
    let types = [
        ValueType::Integer,
        ValueType::Text,
        ValueType::Text,
        ValueType::Text,
        ValueType::Number,
    ];
    let rows = tx.rows(sql, &binds, &types).await?;
    let reports = rows.into_iter().filter_map(|row| match &row[..] {
        [
            Cell::Integer(instance),
            Cell::Text(uuid),
            Cell::Text(text),
            Cell::Text(versions),
            Cell::Number(events),
        ] => Some(Report {
            instance: *instance,
            uuid: uuid.clone(),
            week: week(text)?,
            versions: Versions::read(versions, registry),
            events: *events,
        }),
        _ => None,
    });
    Ok(reports.collect())
}

fn week(text: &str) -> Option<Week> {
    text.parse().ok()
}
