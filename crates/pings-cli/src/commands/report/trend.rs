//! The trend of a metric over several weeks.

use pings_runtime::{Measures, Report, Value};

/// The main number of a metric in each week, or `None` for a week without a number.
pub(super) struct Trend(Vec<Option<f64>>);

impl Trend {
    pub(super) fn new(reports: &[Report], code: &str) -> Self {
        let of_week = |report: &Report| {
            let metric = report.metrics.iter().find(|metric| metric.code == code)?;
            main_number(metric.outcome.as_ref().ok()?)
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
fn main_number(value: &Value) -> Option<f64> {
    let first = |measures: &Measures| measures.first()?.1.as_ref()?.as_f64();
    match value {
        Value::One(measures) => first(measures),
        Value::Rows { rows, .. } => Some(rows.iter().filter_map(|row| first(&row.measures)).sum()),
        Value::Steps(steps) => steps.last()?.measure("reached")?.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use pings_runtime::{Measures, Row, Step, Value};

    use super::main_number;

    fn measures(all: &[(&str, Option<i64>)]) -> Measures {
        let measure =
            |(name, number): &(&str, Option<i64>)| (name.to_string(), number.map(Into::into));
        all.iter().map(measure).collect()
    }

    fn rows(counts: &[i64]) -> Value {
        let row = |count: &i64| Row {
            group: vec![count.to_string().into()],
            measures: measures(&[("count", Some(*count))]),
        };
        Value::Rows {
            by: vec!["a".to_owned()],
            rows: counts.iter().map(row).collect(),
        }
    }

    #[test]
    fn every_value_has_a_number_to_look_at() {
        let step = |reached| Step {
            events: Vec::new(),
            measures: measures(&[("reached", Some(reached))]),
        };
        for (value, number) in [
            (
                Value::One(measures(&[("count", Some(3)), ("unique_users", Some(2))])),
                Some(3.0),
            ),
            (Value::One(measures(&[("avg", None)])), None),
            (rows(&[1, 4]), Some(5.0)),
            (rows(&[]), Some(0.0)),
            (Value::Steps(vec![step(9), step(2)]), Some(2.0)),
        ] {
            assert_eq!(main_number(&value), number);
        }
    }
}
