//! The trend of a metric over several weeks.

use pings_runtime::Report;
use serde_json::Value as Json;

/// The main number of a metric in each week, or `None` for a week without a number.
pub(super) struct Trend(Vec<Option<f64>>);

impl Trend {
    pub(super) fn new(reports: &[Report], code: &str) -> Self {
        let of_week = |report: &Report| {
            let metric = report.metrics.iter().find(|metric| metric.code == code)?;
            main_number(metric.outcome.as_ref().ok()?.json())
        };
        Self(reports.iter().map(of_week).collect())
    }

    /// Returns whether there is more than one week to compare.
    pub(super) fn is_long(&self) -> bool {
        self.0.len() > 1
    }

    pub(super) fn numbers(&self) -> &[Option<f64>] {
        &self.0
    }

    /// Returns the numbers of the previous and of the current week.
    pub(super) fn last_two(&self) -> (Option<f64>, Option<f64>) {
        match self.0.as_slice() {
            [.., before, now] => (*before, *now),
            _ => (None, None),
        }
    }
}

/// Returns the number that represents a value in a trend: the first measure, summed over all
/// groups. For a funnel, the number of users who reached the last step.
fn main_number(value: &Json) -> Option<f64> {
    if let Some(steps) = value.get("steps").and_then(Json::as_array) {
        return steps.last()?.get("reached")?.as_f64();
    }
    let Some(rows) = value.get("rows").and_then(Json::as_array) else {
        return value.as_object()?.values().next()?.as_f64();
    };
    let by = value.get("by").and_then(Json::as_array)?.len();
    let numbers = rows
        .iter()
        .filter_map(|row| row.as_object()?.values().nth(by)?.as_f64());
    Some(numbers.sum())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::main_number;

    #[test]
    fn every_value_has_a_number_to_look_at() {
        for (value, number) in [
            (json!({ "count": 3, "unique_users": 2 }), Some(3.0)),
            (json!({ "avg": null }), None),
            (
                json!({ "by": ["a"], "rows": [{ "a": "7", "count": 1 }, { "a": null, "count": 4 }] }),
                Some(5.0),
            ),
            (json!({ "by": ["a"], "rows": [] }), Some(0.0)),
            (
                json!({ "steps": [{ "reached": 9 }, { "reached": 2 }] }),
                Some(2.0),
            ),
        ] {
            assert_eq!(main_number(&value), number);
        }
    }
}
