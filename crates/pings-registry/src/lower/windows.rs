//! The windows of metrics.

use pings_model::{Aggregation, Period, Ping};

use crate::tree::Node;

/// Returns the windows of a metric or funnel: its own, or else those of its ping.
pub(super) fn windows(metric: &Node<'_>, ping: &Node<'_>, aggregation: Aggregation) -> Vec<Period> {
    if aggregation == Aggregation::Total {
        return Vec::new();
    }
    let Some(listed) = metric.get("window").or_else(|| ping.get("window")) else {
        return vec![Period::Week];
    };
    let words = listed.one_or_many().iter().filter_map(Node::text);
    // The schema check already reported words that do not exist.
    let mut windows: Vec<Period> = words.filter_map(|word| word.parse().ok()).collect();
    windows.sort_unstable();
    windows.dedup();
    windows
}

/// Returns the week that begins on the day of `week_starts`.
pub(super) fn week(root: &Node<'_>) -> Period {
    match root.get("week_starts").and_then(Node::text) {
        Some("saturday") => Period::WeekFromSaturday,
        Some("sunday") => Period::WeekFromSunday,
        _ => Period::Week,
    }
}

/// Replaces the ISO week by another week in the windows of all metrics.
pub(super) fn begin_weeks(pings: &mut [Ping], week: Period) {
    let metrics = pings.iter_mut().flat_map(|ping| &mut ping.metrics);
    for window in metrics.flat_map(|metric| &mut metric.windows) {
        if *window == Period::Week {
            *window = week;
        }
    }
}
