//! Metrics of events.

use std::collections::BTreeSet;

use super::{Grouping, Meaning, Measured, Part, SourceKind, expr};
use crate::{
    ArgumentType, EventArgument, EventDimension, EventId, EventMeasure, EventMetric, Filter,
    Funnel, Measure, Scalar,
};

pub(super) fn metric(
    metric: &EventMetric,
    names: &dyn Fn(EventId) -> BTreeSet<String>,
) -> Meaning {
    let EventMetric {
        of,
        filters,
        by,
        measures,
    } = metric;
    let filters: BTreeSet<String> = filters.iter().map(filter).collect();
    Meaning {
        of: SourceKind::Events,
        parts: vec![
            (Part::Of, alternatives(of, names)),
            (
                Part::Where,
                filters.into_iter().collect::<Vec<_>>().join(" AND "),
            ),
        ],
        by: by.iter().map(dimension).collect(),
        measures: measures.iter().flat_map(measured).collect(),
    }
}

pub(super) fn funnel(
    funnel: &Funnel,
    names: &dyn Fn(EventId) -> BTreeSet<String>,
) -> Meaning {
    let Funnel { steps } = funnel;
    let steps: Vec<String> = steps.iter().map(|step| alternatives(step, names)).collect();
    Meaning {
        of: SourceKind::Funnel,
        parts: vec![(Part::Steps, steps.join(" → "))],
        by: Vec::new(),
        measures: Vec::new(),
    }
}

fn alternatives(events: &[EventId], names: &dyn Fn(EventId) -> BTreeSet<String>) -> String {
    let names: BTreeSet<String> = events.iter().flat_map(|event| names(*event)).collect();
    names
        .iter()
        .map(|name| expr::name(name))
        .collect::<Vec<_>>()
        .join(" or ")
}

fn filter(filter: &Filter) -> String {
    let Filter { argument, values } = filter;
    let values: BTreeSet<String> = values.iter().map(scalar).collect();
    let values: Vec<String> = values.into_iter().collect();
    format!("{} is {}", expr::name(&argument.name), values.join(" or "))
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Missing => "missing".to_owned(),
        Scalar::Text(text) => expr::text(text),
        Scalar::Integer(number) => number.to_string(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Boolean(value) => value.to_string(),
    }
}

fn dimension(dimension: &EventDimension) -> Grouping {
    match dimension {
        EventDimension::Event => Grouping {
            name: "@event".to_owned(),
            means: "the event".to_owned(),
            values: Vec::new(),
        },
        EventDimension::Argument(argument) => {
            let EventArgument { name, ty } = argument;
            Grouping {
                name: name.clone(),
                means: type_word(ty).to_owned(),
                values: match ty {
                    ArgumentType::Enum(values) => values.clone(),
                    _ => Vec::new(),
                },
            }
        }
    }
}

fn measured(measure: &EventMeasure) -> Vec<Measured> {
    let users = |name: &str| {
        vec![Measured {
            name: name.to_owned(),
            means: String::new(),
        }]
    };
    match measure {
        EventMeasure::UniqueUsers => users("unique_users"),
        EventMeasure::FirstTimeUsers => users("first_time_users"),
        EventMeasure::Of(measure) => of_measure(measure, |argument| {
            let EventArgument { name, ty } = argument;
            format!("{} ({})", expr::name(name), type_word(ty))
        }),
    }
}

/// A measure, as one entry for each number.
pub(super) fn of_measure<V>(measure: &Measure<V>, value: impl Fn(&V) -> String) -> Vec<Measured> {
    let one = |name: &str, means: String| {
        vec![Measured {
            name: name.to_owned(),
            means,
        }]
    };
    match measure {
        Measure::Count => one("count", String::new()),
        Measure::Distinct(of) => one("distinct", value(of)),
        Measure::Sum(of) => one("sum", value(of)),
        Measure::Stats(of) => one("stats", value(of)),
        Measure::Percentiles { value: of, at } => {
            let means = value(of);
            at.iter()
                .map(|at| Measured {
                    name: at.name(),
                    means: means.clone(),
                })
                .collect()
        }
    }
}

/// The type of an argument, its values apart.
fn type_word(ty: &ArgumentType) -> &'static str {
    match ty {
        ArgumentType::String => "string",
        ArgumentType::Integer => "integer",
        ArgumentType::Number => "number",
        ArgumentType::Boolean => "boolean",
        ArgumentType::Enum(_) => "enum",
    }
}
