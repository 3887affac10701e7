//! The instances that were active in a week.

use std::collections::HashMap;

use crate::reader::Reader;
use pings_database::{Bind, Cell, Result};
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
    tx: &mut Reader,
    registry: &Registry,
    week: Week,
) -> Result<Vec<Report>> {
    let sql = "SELECT payloads.instance, payloads.origin, \
          CAST(coalesce(sum(payload_versions.events), 0) AS bigint) \
        FROM counted_payloads AS payloads \
        LEFT JOIN payload_versions ON payload_versions.payload = payloads.id \
        WHERE payloads.registry = $1 AND payloads.week = $2 \
        GROUP BY payloads.instance, payloads.origin";
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
    tx: &mut Reader,
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
