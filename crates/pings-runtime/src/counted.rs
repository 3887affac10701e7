//! The metrics that an event moves.

use pings_model::{
    ActorSelection, ArgumentType, Condition, EventArgument, EventDimension, EventId, Filter,
    LikePiece, Metric, Ping, Registry, Scalar, Selection, Source, Version,
};
use serde_json::Value as Json;

use crate::follow::ActorKind;

/// The largest whole number that JSON represents exactly with its neighbours: 2^53 - 1.
const LARGEST_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The largest number that metrics read.
const LARGEST_NUMBER: f64 = 1e150;

/// An event, as far as it decides which metrics count it.
#[derive(Clone, Copy, Debug)]
pub struct LoggedEvent<'a> {
    /// The name under which the event is logged.
    pub name: &'a str,
    /// The kind of actor.
    pub actor: ActorKind,
    /// The client, such as `WEB`.
    pub source: &'a str,
    /// The JSON object that is logged with the event.
    pub argument: &'a Json,
}

/// Returns the metrics and funnels that count an event, with their pings, in the order of the
/// registry.
///
/// A metric that measures users counts the event, but its value stays the same if the user is
/// already known.
#[must_use]
pub fn metrics_of_event<'r>(
    registry: &'r Registry,
    event: &LoggedEvent<'_>,
) -> Vec<(&'r Ping, &'r Metric)> {
    let is_event = |id: &EventId| {
        let mut names = registry.event(*id).wire_names();
        names.any(|name| name == event.name)
    };
    let counts = |source: &Source| match source {
        Source::Events(metric) => {
            (metric.selection.any_name || metric.of.iter().any(is_event))
                && selects(&metric.selection, event)
                && metric
                    .filters
                    .iter()
                    .all(|filter| accepts(filter, event.argument))
                && metric
                    .event_filters
                    .iter()
                    .filter(|some| some.events.iter().any(is_event))
                    .flat_map(|some| &some.filters)
                    .all(|filter| accepts(filter, event.argument))
                && metric.by.iter().all(|by| has_group(by, event.argument))
        }
        Source::Funnel(funnel) => funnel.steps.iter().flatten().any(is_event),
        Source::Capture(_) | Source::Sql(_) | Source::Value(_) => false,
    };
    let metrics = registry.metrics();
    metrics
        .filter(|(_, metric)| counts(&metric.source))
        .collect()
}

/// Returns whether the source and the actor of an event are selected.
fn selects(selection: &Selection, event: &LoggedEvent<'_>) -> bool {
    let is_source = |source: &String| source == event.source;
    let sources = &selection.sources;
    let is_actor = match selection.actor {
        ActorSelection::Any => true,
        ActorSelection::SignedIn => event.actor == ActorKind::User,
        ActorSelection::Anonymous => event.actor == ActorKind::Visitor,
    };
    is_actor && (sources.is_empty() || sources.iter().any(is_source))
}

/// Returns whether an event is in a group of a dimension: an empty list is in none.
fn has_group(by: &EventDimension, argument: &Json) -> bool {
    match by {
        EventDimension::Argument(by) if matches!(by.ty, ArgumentType::List(_)) => {
            value(by, argument)
                .and_then(Json::as_array)
                .is_none_or(|items| !items.is_empty())
        }
        _ => true,
    }
}

fn accepts(filter: &Filter, argument: &Json) -> bool {
    let value = value(&filter.argument, argument);
    let is = |accepted: &Scalar| match (accepted, value) {
        (Scalar::Missing, value) => value.is_none(),
        (_, None) => false,
        (Scalar::Text(version), Some(value)) if filter.argument.ty == ArgumentType::Version => {
            value.as_str().and_then(Version::reduced).as_ref() == Some(version)
        }
        (Scalar::Text(text), Some(Json::Array(items)))
            if matches!(filter.argument.ty, ArgumentType::List(_)) =>
        {
            items.iter().any(|item| item.as_str() == Some(text))
        }
        (Scalar::Text(_), Some(_)) if matches!(filter.argument.ty, ArgumentType::List(_)) => false,
        (Scalar::Text(text), Some(value)) => value.as_str() == Some(text),
        (Scalar::Integer(number), Some(value)) => {
            value.as_i64() == Some(*number) || value.as_f64() == Some(*number as f64)
        }
        (Scalar::Number(number), Some(value)) => value.as_f64() == Some(*number),
        (Scalar::Boolean(wanted), Some(value)) => value.as_bool() == Some(*wanted),
    };
    match &filter.condition {
        Condition::OneOf(values) => values.iter().any(is),
        Condition::NoneOf(values) => !values.iter().any(is),
        Condition::Like(pattern) => value
            .and_then(Json::as_str)
            .is_some_and(|text| LikePiece::matches(pattern, text)),
        Condition::Within { min, max } => {
            number(&filter.argument.ty, value).is_some_and(|number| {
                let is_past = |min: &Scalar| bound(min).is_some_and(|min| min <= number);
                let is_before = |max: &Scalar| bound(max).is_some_and(|max| number <= max);
                min.as_ref().is_none_or(is_past) && max.as_ref().is_none_or(is_before)
            })
        }
    }
}

/// Returns the value of an argument with a numeric type, if the type accepts it.
fn number(ty: &ArgumentType, value: Option<&Json>) -> Option<f64> {
    let number = value?.as_f64()?;
    let fits = match ty {
        ArgumentType::Integer => number.fract() == 0.0 && number.abs() <= LARGEST_INTEGER,
        _ => number.abs() <= LARGEST_NUMBER,
    };
    fits.then_some(number)
}

fn bound(scalar: &Scalar) -> Option<f64> {
    match scalar {
        Scalar::Integer(number) => Some(*number as f64),
        Scalar::Number(number) => Some(*number),
        Scalar::Missing | Scalar::Text(_) | Scalar::Boolean(_) => None,
    }
}

/// Returns the value of an argument, under its name or an older key.
fn value<'a>(argument: &EventArgument, arguments: &'a Json) -> Option<&'a Json> {
    let mut objects = argument.within.iter();
    let object = objects.try_fold(arguments, |object, key| object.get(key))?;
    argument
        .keys()
        .find_map(|key| object.get(key).filter(|value| !value.is_null()))
}
