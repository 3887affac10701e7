//! What the report of a week must say, worked out in memory from the words of the registry's guide.
//!
//! It knows nothing of SQL: whoever else answers for a week is compared with it.

mod argument;
mod events;
mod first_time;
mod funnel;
mod log;
mod number;
mod values;

pub use log::LogRow;

use pings_model::{Registry, Source};
use serde_json::{Map, Value};

/// A week in milliseconds.
pub const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// The metrics of events and the funnels, by their code, as the report of a week has them.
///
/// The rows may be any, in any order; the week begins at that unix millisecond.
#[must_use]
pub fn report_metrics(
    registry: &Registry,
    rows: &[LogRow],
    week_start_ms: i64,
) -> Map<String, Value> {
    let week = week_start_ms..week_start_ms + WEEK;
    registry
        .metrics()
        .filter_map(|(_, metric)| {
            let value = match &metric.source {
                Source::Events(events) => events::measured(registry, events, rows, &week),
                Source::Funnel(funnel) => funnel::measured(registry, funnel, rows, &week),
                Source::Capture(_) | Source::Sql(_) => return None,
            };
            Some((metric.code.clone(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests;
