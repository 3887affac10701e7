//! Loads the reports of a week and the values of a code.

use pings_database::{Bind, Cell, Result};
use pings_model::{Metric, Ping, Registry, ValueType};
use pings_payload::Week;
use time::OffsetDateTime;

use super::code::WatchedCode;
use super::fleet::{BEFORE, NEW, WatchedFleet};
use crate::analysis::series::{Origins, code_id};
use crate::analysis::trust::Versions;
use crate::reader::Reader;
use crate::registry::measures::{Together, measures};
use crate::store::UNCONFIRMED;

/// Returns the newest week with a report that has begun.
pub(super) async fn newest(
    tx: &mut Reader,
    registry: &Registry,
    now: OffsetDateTime,
) -> Result<Option<Week>> {
    let sql = "SELECT max(week) FROM reports WHERE registry = $1 AND week <= $2 AND instances > 0";
    let running = Week::containing(now).to_string();
    let binds = [Bind::Text(registry.name()), Bind::Text(&running)];
    let week = tx.value(sql, &binds, ValueType::Text).await?;
    Ok(week
        .as_ref()
        .and_then(Cell::text)
        .and_then(|it| it.parse().ok()))
}

/// Loads the reports of a week and of the weeks before.
pub(super) async fn fleet(
    tx: &mut Reader,
    registry: &Registry,
    week: Week,
) -> Result<WatchedFleet> {
    let mut fleet = WatchedFleet::new(week);
    let sql = "SELECT payloads.instance, payloads.week, origins.versions, \
          CAST(sum(payload_versions.events) AS double precision) \
        FROM counted_payloads AS payloads \
        JOIN origins ON origins.id = payloads.origin \
        LEFT JOIN payload_versions ON payload_versions.payload = payloads.id \
        WHERE payloads.registry = $1 AND payloads.week >= $2 AND payloads.week <= $3 \
        GROUP BY payloads.instance, payloads.week, origins.versions";
    let (first, last) = (week.back(BEFORE as u32).to_string(), week.to_string());
    let binds = [
        Bind::Text(registry.name()),
        Bind::Text(&first),
        Bind::Text(&last),
    ];
    let types = [
        ValueType::Integer,
        ValueType::Text,
        ValueType::Text,
        ValueType::Number,
    ];
    for row in tx.rows(sql, &binds, &types).await? {
        if let [
            Cell::Integer(instance),
            Cell::Text(text),
            Cell::Text(versions),
            events,
        ] = &row[..]
            && let Ok(week) = text.parse()
        {
            let events = match events {
                Cell::Number(events) => *events,
                _ => 0.0,
            };
            let versions = Versions::read(versions, registry);
            fleet.report(*instance, week, &versions, events);
        }
    }
    // The oldest week includes all weeks before it. A jump of new instances is a jump even before
    // they are confirmed.
    let oldest = week.back(NEW + 1).to_string();
    let sql = "SELECT CASE WHEN first_week < $2 THEN $2 ELSE first_week END, count(*) \
        FROM instance_spans WHERE registry = $1 AND first_week <= $3 \
          AND instance NOT IN (SELECT id FROM instances WHERE left_out <> $4) GROUP BY 1";
    let binds = [
        Bind::Text(registry.name()),
        Bind::Text(&oldest),
        Bind::Text(&last),
        Bind::Text(UNCONFIRMED),
    ];
    let types = [ValueType::Text, ValueType::Integer];
    for row in tx.rows(sql, &binds, &types).await? {
        if let [Cell::Text(text), Cell::Integer(count)] = &row[..]
            && let Ok(week) = text.parse()
        {
            fleet.first_reports(week, count.unsigned_abs());
        }
    }
    Ok(fleet)
}

/// Loads the values of a code in a week and in the weeks before.
pub(super) async fn code(
    tx: &mut Reader,
    registry: &Registry,
    (ping, metric): (&Ping, &Metric),
    (fleet, origins): (&WatchedFleet, &Origins),
) -> Result<WatchedCode> {
    let mut watched = WatchedCode::default();
    let all = measures(metric);
    // First-time users decrease by themselves, because more and more users are already known.
    let sums = || {
        let sums = all
            .iter()
            .filter(|(_, together)| *together == Together::Sum);
        sums.map(|(name, _)| name.as_str())
            .filter(|name| *name != "first_time_users")
    };
    let measure = sums().find(|name| *name == "count").or(sums().next());
    let (Some(id), Some(measure)) = (code_id(tx, registry, &metric.code).await?, measure) else {
        return Ok(watched);
    };
    let trusted = origins.trusted(ping.life(metric), &metric.code);
    let first = fleet.week.back(BEFORE as u32).to_string();
    let last = fleet.week.to_string();
    let binds = [Bind::Integer(id), Bind::Text(&first), Bind::Text(&last)];
    let place = |text: &str| {
        let week = text.parse::<Week>().ok()?;
        fleet.place(week)
    };
    // Reports say at which version an instance is that sent nothing of the code.
    let sql = "SELECT instance, origin FROM counted_payloads \
        WHERE registry = $1 AND week = $2";
    let of_week = [Bind::Text(registry.name()), Bind::Text(&last)];
    let types = [ValueType::Integer; 2];
    for row in tx.rows(sql, &of_week, &types).await? {
        if let [Cell::Integer(instance), Cell::Integer(origin)] = &row[..]
            && !trusted.contains(origin)
        {
            watched.exclude(*instance);
        }
    }
    let sql = format!(
        "SELECT series.dimensions, measurements.week, measurements.origin, \
          measurements.instance, measurements.value \
        FROM measurements JOIN series ON series.id = measurements.series \
        WHERE {} measurements.series IN (SELECT id FROM series WHERE code = $1 AND measure = $4) \
          AND measurements.week >= $2 AND measurements.week <= $3",
        tx.of_code(id)
    );
    let with_measure = [binds[0], binds[1], binds[2], Bind::Text(measure)];
    let types = [
        ValueType::Text,
        ValueType::Text,
        ValueType::Integer,
        ValueType::Integer,
        ValueType::Number,
    ];
    for row in tx.rows(&sql, &with_measure, &types).await? {
        if let [
            Cell::Text(group),
            Cell::Text(week),
            Cell::Integer(origin),
            Cell::Integer(instance),
            value,
        ] = &row[..]
            && let Some(place) = place(week)
            && trusted.contains(origin)
        {
            let value = match value {
                Cell::Number(value) => *value,
                _ => 0.0,
            };
            watched.value(group, *instance, place, value);
        }
    }
    let types = [ValueType::Text, ValueType::Integer, ValueType::Integer];
    let sql = "SELECT week, origin, instance FROM measured \
        WHERE code = $1 AND week >= $2 AND week <= $3";
    for row in tx.rows(sql, &binds, &types).await? {
        if let [
            Cell::Text(week),
            Cell::Integer(origin),
            Cell::Integer(instance),
        ] = &row[..]
            && let Some(place) = place(week)
            && trusted.contains(origin)
        {
            watched.measured(*instance, place);
        }
    }
    let sql = "SELECT week, origin, instance FROM failures \
        WHERE code = $1 AND week >= $2 AND week <= $3 AND kind NOT IN ('absent', 'withdrawn')";
    for row in tx.rows(sql, &binds, &types).await? {
        if let [Cell::Text(week), Cell::Integer(_), Cell::Integer(instance)] = &row[..]
            && let Some(place) = place(week)
        {
            watched.failed(*instance, place);
        }
    }
    Ok(watched)
}
