//! Computes the expected report of a week in memory, following the guide of the registry.
//!
//! The oracle does not use SQL, so that the results of queries can be compared with it.

mod argument;
mod events;
mod first_time;
mod funnel;
mod log;
mod number;
mod people;
mod values;

pub use log::LogRow;

use std::ops::Range;

use pings_model::{Registry, Source};
use serde_json::{Map, Value};

/// Milliseconds per week.
pub const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// Returns the expected values of event metrics and funnels by code, as in the report of a week.
///
/// The rows may be in any order. The week begins at `week_start_ms`, in Unix milliseconds.
#[must_use]
pub fn report_metrics(
    registry: &Registry,
    rows: &[LogRow],
    week_start_ms: i64,
) -> Map<String, Value> {
    window_metrics(registry, rows, &(week_start_ms..week_start_ms + WEEK))
}

/// Returns the expected values of event metrics and funnels by code in a window, given in Unix
/// milliseconds.
#[must_use]
pub fn window_metrics(
    registry: &Registry,
    rows: &[LogRow],
    window: &Range<i64>,
) -> Map<String, Value> {
    registry
        .metrics()
        .filter_map(|(_, metric)| {
            let value = match &metric.source {
                Source::Events(events) => events::measured(registry, events, rows, window),
                Source::Funnel(funnel) => funnel::measured(registry, funnel, rows, window),
                Source::Capture(_) | Source::Sql(_) | Source::Value(_) => return None,
            };
            Some((metric.code.clone(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests;
