//! The measures of a metric, in words.

use pings_diff::expression_text;
use pings_model::{Capture, EventMeasure, Expr, Measure, Metric, Percentile, Registry, Source};

/// Returns each measure of a metric in words. The words for a funnel, a value that the product sets
/// and hand-written SQL are in its source.
pub(super) fn measures(registry: &Registry, metric: &Metric) -> Vec<String> {
    match &metric.source {
        Source::Events(events) => {
            let measures = events.measures.iter().map(|measure| match measure {
                EventMeasure::UniqueUsers => "the number of users".to_owned(),
                EventMeasure::FirstTimeUsers => {
                    "the number of users whose first event ever is in the window".to_owned()
                }
                EventMeasure::Of(measure) => {
                    in_words(measure, "events", |argument| argument.name.to_string())
                }
            });
            measures.collect()
        }
        Source::Capture(capture) => {
            let per = capture.per.as_ref();
            let per = per.map(|per| expression_text(registry, capture, per));
            let counted = match &per {
                Some(per) => format!("values of {per}"),
                None => "rows".to_owned(),
            };
            let value = |expr: &Expr| {
                let value = expression_text(registry, capture, expr);
                match &per {
                    Some(per) => format!("{value} per {per}"),
                    None => value,
                }
            };
            let measures = measured(capture).map(|it| in_words(it, &counted, value));
            measures.collect()
        }
        Source::Funnel(_) | Source::Sql(_) | Source::Value(_) => Vec::new(),
    }
}

/// Returns the measures of a capture. The count of the only row says nothing.
fn measured(capture: &Capture) -> impl Iterator<Item = &Measure<Expr>> {
    let measures = capture.measures.iter();
    measures.filter(|measure| !capture.one_row || !matches!(measure, Measure::Count))
}

fn in_words<V>(measure: &Measure<V>, counted: &str, name: impl Fn(&V) -> String) -> String {
    match measure {
        Measure::Count => format!("the number of {counted}"),
        Measure::Distinct(value) => format!("the number of different values of {}", name(value)),
        Measure::Sum(value) => format!("the sum of {}", name(value)),
        Measure::Stats(value) => format!(
            "the average, minimum, maximum, median and standard deviation of {}",
            name(value)
        ),
        Measure::Percentiles { value, at } => {
            let at: Vec<String> = at.iter().map(Percentile::to_string).collect();
            format!("the percentiles {} of {}", at.join(", "), name(value))
        }
        Measure::Histogram { value, buckets } => format!(
            "the number of values of {} in each range: {}",
            name(value),
            buckets.labels().join(", ")
        ),
        Measure::Value(value) => format!("the value of {}", name(value)),
    }
}
