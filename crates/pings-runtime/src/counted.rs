//! The metrics that an event moves.

use pings_model::{
    ArgumentType, EventArgument, EventId, Filter, Metric, Ping, Registry, Scalar, Source, Version,
};
use serde_json::Value as Json;

/// Returns the metrics and funnels that count an event, with their pings, in the order of the
/// registry. `argument` is the JSON object that is logged with the event.
///
/// A metric that measures users counts the event, but its value stays the same if the user is
/// already known.
pub fn metrics_of_event<'r>(
    registry: &'r Registry,
    name: &str,
    argument: &Json,
) -> Vec<(&'r Ping, &'r Metric)> {
    let is_event = |id: &EventId| registry.event(*id).wire_names().any(|it| it == name);
    let counts = |source: &Source| match source {
        Source::Events(metric) => {
            metric.of.iter().any(is_event)
                && metric
                    .filters
                    .iter()
                    .all(|filter| accepts(filter, argument))
        }
        Source::Funnel(funnel) => funnel.steps.iter().flatten().any(is_event),
        Source::Capture(_) | Source::Sql(_) => false,
    };
    let metrics = registry.metrics();
    metrics
        .filter(|(_, metric)| counts(&metric.source))
        .collect()
}

fn accepts(filter: &Filter, argument: &Json) -> bool {
    let value = value(&filter.argument, argument);
    filter
        .values
        .iter()
        .any(|accepted| match (accepted, value) {
            (Scalar::Missing, value) => value.is_none(),
            (_, None) => false,
            (Scalar::Text(version), Some(value)) if filter.argument.ty == ArgumentType::Version => {
                value.as_str().and_then(Version::reduced).as_ref() == Some(version)
            }
            (Scalar::Text(text), Some(value)) => value.as_str() == Some(text),
            (Scalar::Integer(number), Some(value)) => {
                value.as_i64() == Some(*number) || value.as_f64() == Some(*number as f64)
            }
            (Scalar::Number(number), Some(value)) => value.as_f64() == Some(*number),
            (Scalar::Boolean(wanted), Some(value)) => value.as_bool() == Some(*wanted),
        })
}

/// Returns the value of an argument, under its name or an older key.
fn value<'a>(argument: &EventArgument, arguments: &'a Json) -> Option<&'a Json> {
    argument
        .keys()
        .find_map(|key| arguments.get(key).filter(|value| !value.is_null()))
}
