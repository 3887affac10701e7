//! Finds codes for which nothing was logged recently.

use std::collections::BTreeMap;

use pings_model::{EventId, Metric, Registry, Source, ValueType, Version};
use pings_sql::Dialect;

use super::finding::Finding;
use super::scope::{Live, Seen};
use crate::event_log::{time_in_postgres, time_in_sqlite};
use crate::report::exists;
use pings_database::Result;
use pings_database::{Bind, Transaction};

pub(super) async fn check(
    live: &Live<'_>,
    tx: &mut Transaction,
    is_indexed: bool,
    seen: &Seen,
    newest: &BTreeMap<String, String>,
) -> Result<Vec<Finding>> {
    // Without the index, each name would require a scan of the whole log. Then only the rows that
    // were read count, and the check is skipped if these are not all recent rows.
    if !is_indexed && !seen.is_whole {
        return Ok(Vec::new());
    }
    let version = newest_version(tx).await?;
    let mut known: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut findings = Vec::new();
    for (ping, metric) in live.registry.metrics() {
        // A value is set once and then stays.
        let is_value = matches!(metric.source, Source::Value(_));
        if is_value || !exists(ping.life(metric), version) {
            continue;
        }
        let counts_any = matches!(&metric.source, Source::Events(it) if it.selection.any_name);
        let mut last_seen = newest.values().max().filter(|_| counts_any).cloned();
        for name in logged_as(live.registry, metric) {
            let at = match (newest.get(name), known.get(name)) {
                (Some(at), _) => Some(at.clone()),
                (None, Some(at)) => at.clone(),
                (None, None) if is_indexed => {
                    let at = last(tx, name).await?;
                    known.insert(name.to_owned(), at.clone());
                    at
                }
                (None, None) => None,
            };
            last_seen = last_seen.max(at);
        }
        if last_seen.as_ref().is_none_or(|at| *at < seen.since) {
            findings.push(Finding::Silent {
                code: metric.code.clone(),
                is_capture: matches!(metric.source, Source::Capture(_) | Source::Sql(_)),
                last_seen,
            });
        }
    }
    Ok(findings)
}

/// Returns the names of the log rows that a metric measures.
fn logged_as<'r>(registry: &'r Registry, metric: &'r Metric) -> Vec<&'r str> {
    let names = |events: &'r [EventId]| {
        let events = events.iter().map(|event| registry.event(*event));
        events.flat_map(|event| event.wire_names())
    };
    match &metric.source {
        Source::Events(events) => names(&events.of).collect(),
        Source::Funnel(funnel) => funnel.steps.iter().flat_map(|step| names(step)).collect(),
        Source::Capture(_) | Source::Sql(_) => vec![&metric.code],
        Source::Value(_) => Vec::new(),
    }
}

/// Returns when a row with this name was last logged.
async fn last(tx: &mut Transaction, name: &str) -> Result<Option<String>> {
    let at = match tx.dialect() {
        Dialect::Postgres => time_in_postgres("max(timestamp)"),
        Dialect::Sqlite => time_in_sqlite("max(timestamp)"),
    };
    let sql = format!("SELECT {at} FROM event_logs WHERE name = $1");
    let at = tx.value(&sql, &[Bind::Text(name)], ValueType::Text).await?;
    Ok(at.and_then(|cell| cell.text().map(str::to_owned)))
}

/// Returns the version of the newest row, if it can be parsed.
async fn newest_version(tx: &mut Transaction) -> Result<Option<Version>> {
    let sql = "SELECT CAST(version AS TEXT) FROM event_logs ORDER BY id DESC LIMIT 1";
    let version = tx.value(sql, &[], ValueType::Text).await?;
    Ok(version.and_then(|cell| Version::of_build(cell.text()?).ok()))
}
