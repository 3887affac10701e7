//! Measures by name, and the value that they measure.

use pings_model::{EventArgument, EventMeasure, Expr, Measure, Percentile};

/// The measures of a metric, as names and a value.
#[derive(Debug, Default)]
pub(crate) struct Measured<'a, V> {
    /// The names of the measures: `count`, `p50`.
    pub(crate) names: Vec<String>,
    /// The measured value, which all measures of a metric share.
    pub(crate) value: Option<&'a V>,
}

/// Returns the measures of a metric that is computed from events.
pub(crate) fn of_events(measures: &[EventMeasure]) -> Measured<'_, EventArgument> {
    let mut measured = Measured {
        names: Vec::new(),
        value: None,
    };
    for measure in measures {
        match measure {
            EventMeasure::UniqueUsers => measured.names.push("unique_users".to_owned()),
            EventMeasure::FirstTimeUsers => measured.names.push("first_time_users".to_owned()),
            EventMeasure::Of(measure) => add(&mut measured, measure),
        }
    }
    measured
}

/// Returns the measures of a capture.
pub(crate) fn of_tables(measures: &[Measure<Expr>]) -> Measured<'_, Expr> {
    let mut measured = Measured {
        names: Vec::new(),
        value: None,
    };
    for measure in measures {
        add(&mut measured, measure);
    }
    measured
}

fn add<'a, V>(measured: &mut Measured<'a, V>, measure: &'a Measure<V>) {
    let (name, value) = match measure {
        Measure::Count => ("count", None),
        Measure::Distinct(value) => ("distinct", Some(value)),
        Measure::Sum(value) => ("sum", Some(value)),
        Measure::Stats(value) => ("stats", Some(value)),
        Measure::Value(value) => ("value", Some(value)),
        Measure::Percentiles { value, at } => {
            measured
                .names
                .extend(at.iter().copied().map(Percentile::name));
            measured.value = Some(value);
            return;
        }
        Measure::Histogram { value, buckets } => {
            measured.names.extend(buckets.labels());
            measured.value = Some(value);
            return;
        }
    };
    measured.names.push(name.to_owned());
    if value.is_some() {
        measured.value = value;
    }
}
