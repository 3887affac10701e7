//! How the values of instances are combined.

use pings_model::{EventMeasure, Measure, Metric, Source, ValueType};

/// How the values of instances are combined into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Together {
    /// Adds the values.
    Sum,
    /// Takes the minimum.
    Smallest,
    /// Takes the maximum.
    Largest,
    /// Takes the mean of the values, which is not the measure over all data of the fleet.
    Mean,
}

impl Together {
    /// Returns the name that is used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sum => "sum",
            Self::Smallest => "min",
            Self::Largest => "max",
            Self::Mean => "mean",
        }
    }
}

/// Returns the measures of a metric by their names in payloads, the main one first.
#[must_use]
pub fn measures(metric: &Metric) -> Vec<(String, Together)> {
    let named = |name: &str, together| (name.to_owned(), together);
    match &metric.source {
        Source::Events(events) => events
            .measures
            .iter()
            .flat_map(|measure| match measure {
                EventMeasure::UniqueUsers => vec![named("unique_users", Together::Sum)],
                EventMeasure::FirstTimeUsers => vec![named("first_time_users", Together::Sum)],
                EventMeasure::Of(measure) => of(measure),
            })
            .collect(),
        Source::Capture(capture) => capture.measures.iter().flat_map(of).collect(),
        Source::Sql(capture) => capture
            .columns
            .iter()
            .filter(|column| !column.dimension)
            .map(|column| match column.ty {
                ValueType::Integer => named(&column.name, Together::Sum),
                _ => named(&column.name, Together::Mean),
            })
            .collect(),
        Source::Value(metric) => match metric.kind.is_measured() {
            true => vec![named("value", Together::Sum)],
            false => vec![named("count", Together::Sum)],
        },
        Source::Funnel(_) => ["reached", "users", "count"]
            .map(|name| named(name, Together::Sum))
            .into(),
    }
}

fn of<V>(measure: &Measure<V>) -> Vec<(String, Together)> {
    use Together::{Largest, Mean, Smallest, Sum};
    match measure {
        Measure::Count => vec![("count".to_owned(), Sum)],
        Measure::Distinct(_) => vec![("distinct".to_owned(), Sum)],
        Measure::Sum(_) => vec![("sum".to_owned(), Sum)],
        Measure::Stats(_) => [
            ("avg", Mean),
            ("min", Smallest),
            ("max", Largest),
            ("median", Mean),
            ("stddev", Mean),
        ]
        .map(|(name, together)| (name.to_owned(), together))
        .into(),
        Measure::Percentiles { at, .. } => at.iter().map(|at| (at.name(), Mean)).collect(),
        Measure::Histogram { buckets, .. } => {
            let labels = buckets.labels().into_iter();
            labels.map(|label| (label, Sum)).collect()
        }
        Measure::Value(_) => vec![("value".to_owned(), Sum)],
    }
}

/// Returns the names of a metric's dimensions. The dimension of a funnel is its step.
#[must_use]
pub fn dimensions(metric: &Metric) -> Vec<&str> {
    match &metric.source {
        Source::Events(events) => events.by.iter().map(|by| by.name()).collect(),
        Source::Capture(capture) => capture.by.iter().map(|by| by.name.as_str()).collect(),
        Source::Sql(capture) => {
            let columns = capture.columns.iter().filter(|column| column.dimension);
            columns.map(|column| column.name.as_str()).collect()
        }
        Source::Value(metric) => match metric.kind.is_measured() {
            true => Vec::new(),
            false => vec!["value"],
        },
        Source::Funnel(_) => vec!["step"],
    }
}
