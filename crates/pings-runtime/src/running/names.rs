//! The names in the event log that belong to a registry.

use pings_model::{Registry, Source};

/// Returns the names under which the registry's events and captures are logged.
pub(crate) fn logged_names(registry: &Registry) -> Vec<&str> {
    let events = registry
        .events()
        .iter()
        .flat_map(|event| event.wire_names());
    events.chain(capture_codes(registry)).collect()
}

/// Returns the codes under which captures are logged.
pub(super) fn capture_codes(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.metrics().filter_map(|(_, metric)| {
        matches!(metric.source, Source::Capture(_) | Source::Sql(_)).then_some(&*metric.code)
    })
}
