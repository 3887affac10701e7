//! Whether the product ran in a week before the week of a report.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, ValueType, Version};
use pings_payload::Week;
use pings_sql::{Dialect, PLAIN_TIME};
use serde::Deserialize;

use super::logged::Times;
use super::names::counted_names;
use super::ran::{Seen, seen};

/// Returns whether the product ran in an earlier week, and at which versions. A week that was assembled
/// for delivery keeps this in its payload, so its events are not read again.
pub(crate) async fn seen_earlier(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
    times: Times<'_>,
) -> Result<Seen> {
    let sql = "SELECT body FROM pings_outbox WHERE week = $1 AND is_stale = 0 \
               ORDER BY revision DESC LIMIT 1";
    let binds = [Bind::Text(&week.to_string())];
    let body = tx.value(sql, &binds, ValueType::Text).await?;
    match body.and_then(|body| assembled(body.text()?, registry)) {
        Some(seen) => Ok(seen),
        None => seen(tx, registry, week, times).await,
    }
}

/// Reads the versions of a week from a payload of the registry.
fn assembled(body: &str, registry: &Registry) -> Option<Seen> {
    let assembled: Assembled = serde_json::from_str(body).ok()?;
    (assembled.registry == registry.name()).then(|| Seen {
        is_running: !assembled.not_running,
        versions: assembled.versions.into_keys().collect(),
        has_unversioned: assembled.unversioned > 0,
    })
}

/// The members of a payload about the versions of its week.
#[derive(Deserialize)]
struct Assembled {
    registry: String,
    #[serde(default)]
    not_running: bool,
    versions: BTreeMap<Version, u64>,
    #[serde(default)]
    unversioned: u64,
}

/// Returns whether anything was recorded in a week or before it.
pub(crate) async fn was_recorded_by(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
) -> Result<bool> {
    let text = week.to_string();
    for table in ["pings_running", "pings_counters"] {
        let sql = format!("SELECT min(week) FROM {table}");
        let first = tx.value(&sql, &[], ValueType::Text).await?;
        if first.is_some_and(|first| first.text().is_some_and(|first| *first <= *text)) {
            return Ok(true);
        }
    }
    let sql = match tx.dialect() {
        Dialect::Sqlite => &format!(
            "SELECT EXISTS (SELECT 1 FROM event_logs WHERE name = $1 \
             AND timestamp < date($2, '+1 day') AND {PLAIN_TIME} < date($2))"
        ),
        Dialect::Postgres => {
            "SELECT EXISTS (SELECT 1 FROM event_logs WHERE name = $1 \
             AND timestamp < $2::text::timestamptz)"
        }
    };
    let [_, end] = week.borders();
    for name in counted_names(tx, registry).await? {
        let binds = [Bind::Text(&name), Bind::Text(&end)];
        let found = tx.value(sql, &binds, ValueType::Boolean).await?;
        if found == Some(Cell::Boolean(true)) {
            return Ok(true);
        }
    }
    Ok(false)
}
