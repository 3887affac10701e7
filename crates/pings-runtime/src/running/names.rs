//! The names in the event log that belong to a registry.

use std::collections::BTreeSet;

use pings_database::{Result, Transaction};
use pings_model::{Registry, Source};

use crate::event_log::names;

/// Returns the names under which the registry's events and captures are logged.
pub(crate) fn logged_names(registry: &Registry) -> Vec<&str> {
    let events = registry
        .events()
        .iter()
        .flat_map(|event| event.wire_names());
    events.chain(capture_codes(registry)).collect()
}

/// Returns whether a metric counts events with any name.
pub(crate) fn counts_any_name(registry: &Registry) -> bool {
    registry
        .metrics()
        .any(|(_, metric)| matches!(&metric.source, Source::Events(it) if it.selection.any_name))
}

/// Returns the names of the rows that the registry counts, with those of its captures: all names in
/// the log if a metric counts events with any name.
pub(crate) async fn counted_names(
    tx: &mut Transaction,
    registry: &Registry,
) -> Result<Vec<String>> {
    let declared = logged_names(registry).into_iter().map(str::to_owned);
    if !counts_any_name(registry) {
        return Ok(declared.collect());
    }
    let mut all: BTreeSet<String> = declared.collect();
    all.extend(names(tx).await?);
    Ok(all.into_iter().collect())
}

/// Returns the codes under which captures are logged.
pub(crate) fn capture_codes(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.metrics().filter_map(|(_, metric)| {
        matches!(metric.source, Source::Capture(_) | Source::Sql(_)).then_some(&*metric.code)
    })
}
