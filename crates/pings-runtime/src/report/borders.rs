//! The time of which a report reads events.

use pings_model::{Period, Registry};
use pings_payload::Week;

/// Returns the first instant of all weeks of which a report of the week may read events, and the
/// first instant after them.
pub(super) fn borders(registry: &Registry, week: Week) -> [String; 2] {
    let metrics = registry.metrics();
    let periods = metrics
        .flat_map(|(_, metric)| metric.other_windows())
        .filter(|period| *period != Period::AllTime);
    let spans = periods.flat_map(|period| period.spans(week));
    let first = spans.map(|span| span.first_week()).min();
    let [start, _] = first.unwrap_or(week).min(week).borders();
    let [_, end] = week.borders();
    [start, end]
}
