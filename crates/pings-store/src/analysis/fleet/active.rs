//! The instances that were active in a week.

use std::collections::HashMap;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, ValueType};
use pings_payload::Week;

/// An instance that reported a week.
pub(super) struct Report {
    pub(super) instance: i64,
    pub(super) origin: i64,
    /// Whether the instance had an event in the week.
    pub(super) is_active: bool,
}

/// Returns the instances that reported a week.
pub(super) async fn reports(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
) -> Result<Vec<Report>> {
    let sql = "SELECT instance, origin, CAST(( \
          SELECT coalesce(sum(events), 0) FROM payload_versions WHERE payload = payloads.id \
        ) AS bigint) FROM counted_payloads AS payloads WHERE registry = $1 AND week = $2";
    let week = week.to_string();
    let binds = [Bind::Text(registry.name()), Bind::Text(&week)];
    let rows = tx.rows(sql, &binds, &[ValueType::Integer; 3]).await?;
    let reports = rows.iter().filter_map(|row| match row[..] {
        [
            Cell::Integer(instance),
            Cell::Integer(origin),
            Cell::Integer(events),
        ] => Some(Report {
            instance,
            origin,
            is_active: events > 0,
        }),
        _ => None,
    });
    Ok(reports.collect())
}

/// Returns the first week in which each instance was active.
pub(super) async fn first_weeks(
    tx: &mut Transaction,
    registry: &Registry,
) -> Result<HashMap<i64, Week>> {
    let sql = "SELECT payloads.instance, min(payloads.week) FROM counted_payloads AS payloads \
        JOIN payload_versions ON payload_versions.payload = payloads.id \
        WHERE payloads.registry = $1 AND payload_versions.events > 0 \
        GROUP BY payloads.instance";
    let types = [ValueType::Integer, ValueType::Text];
    let rows = tx.rows(sql, &[Bind::Text(registry.name())], &types).await?;
    let first = rows.iter().filter_map(|row| match &row[..] {
        [Cell::Integer(instance), Cell::Text(week)] => Some((*instance, week.parse().ok()?)),
        _ => None,
    });
    Ok(first.collect())
}
