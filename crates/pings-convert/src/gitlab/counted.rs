//! How a metric of GitLab is computed.

use super::event::{optional, property_type};
use crate::context::Context;
use crate::draft::{Filter, Literal, Metric, Selected, Type};
use crate::node::Node;
use crate::place::Place;
use crate::vocabulary;

/// The result for a metric.
pub(super) enum Counted {
    /// A metric of events.
    Metric(Metric),
    /// A capture, whose query is code that the conversion does not see.
    Query,
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// Where the numbers of a metric come from.
#[derive(Clone, Copy)]
enum Source {
    /// The events in `events`, or in `options.events`.
    Events,
    /// A counter in Redis, with an event in `options`.
    Counter,
    /// A query in code.
    Query,
    /// The state of the instance.
    State,
}

/// The sources of GitLab's numbers.
const SOURCES: &[(&str, Source)] = &[
    ("internal_events", Source::Events),
    ("redis_hll", Source::Events),
    ("redis", Source::Counter),
    ("database", Source::Query),
    ("system", Source::State),
    ("license", Source::State),
    ("prometheus", Source::State),
];

/// What GitLab counts distinct values of. The user is a column of the log, and everything else an
/// argument.
const UNIQUE: &[(&str, Option<&str>)] = &[
    ("user.id", None),
    ("user_id", None),
    ("project.id", Some("project_id")),
    ("project_id", Some("project_id")),
    ("namespace.id", Some("namespace_id")),
    ("namespace_id", Some("namespace_id")),
];

pub(super) fn metric(cx: &mut Context<'_>, root: &Node, code: &str, place: &Place) -> Counted {
    let source = root.text_of("data_source").unwrap_or_default();
    let Some((_, source)) = SOURCES.iter().find(|(known, _)| *known == source) else {
        return Counted::Nothing("the source of the data is unknown");
    };
    match source {
        Source::Query => Counted::Query,
        Source::State => state(root, code),
        Source::Counter => counter(cx, root, code, place),
        Source::Events => events(cx, root, code, place),
    }
}

fn state(root: &Node, code: &str) -> Counted {
    let ty = match root.text_of("value_type") {
        Some("boolean") => Type::Boolean,
        Some("number") => Type::Number,
        Some("object") => {
            return Counted::Nothing(
                "a nested object is not a number: record an event for each entry",
            );
        }
        _ if vocabulary::is_version(code) => Type::Version,
        _ => match root.text_of("description").and_then(vocabulary::values) {
            Some(values) => Type::Enum(values),
            None => {
                return Counted::Nothing(
                    "free text is never sent: set a value with declared texts, `{ enum: [a, b] }`",
                );
            }
        },
    };
    Counted::Metric(Metric::value(code, ty))
}

/// Returns the metric of a counter in Redis, whose event has a prefix.
fn counter(cx: &mut Context<'_>, root: &Node, code: &str, place: &Place) -> Counted {
    let Some(event) = root.at(&["options", "event"]).and_then(Node::text) else {
        return Counted::Query;
    };
    let prefix = root.at(&["options", "prefix"]).and_then(Node::text);
    let name = prefix.map_or_else(|| event.to_owned(), |prefix| format!("{prefix}_{event}"));
    declare(cx, &name, place);
    Counted::Metric(Metric {
        code: code.to_owned(),
        of: vec![Selected::every(&name)],
        measures: vec!["count"],
        ..Metric::default()
    })
}

/// Returns the metric of internal events or of HyperLogLog counters.
fn events(cx: &mut Context<'_>, root: &Node, code: &str, place: &Place) -> Counted {
    let options = root.get("options");
    let listed = root
        .get("events")
        .or(options.and_then(|options| options.get("events")));
    let listed = listed.map(Node::items).unwrap_or_default();
    let attribute = root
        .at(&["options", "aggregate", "attribute"])
        .and_then(Node::text);
    let operator = root
        .at(&["options", "aggregate", "operator"])
        .and_then(Node::text);
    // The events of HyperLogLog counters are names, and count users unless they say otherwise.
    let default = listed
        .iter()
        .any(|event| !event.is_mapping())
        .then_some("user_id");
    let mut unique = attribute.or(default);
    // The things that the first event counts, and how.
    let mut first = None;
    let mut metric = Metric {
        code: code.to_owned(),
        ..Metric::default()
    };
    for event in listed {
        let Some(name) = event.text().or_else(|| event.text_of("name")) else {
            continue;
        };
        declare(cx, name, place);
        let way = (event.text_of("unique"), event.text_of("operator"));
        if *first.get_or_insert(way) != way {
            return Counted::Nothing("the events are not all counted in the same way");
        }
        unique = way.0.or(unique);
        let filter = filter(event);
        for it in &filter {
            let ty = property_type(&it.argument);
            add(cx, name, &it.argument, ty);
        }
        let Some(known) = metric.of.iter_mut().find(|it| it.event == name) else {
            metric.of.push(Selected {
                event: name.to_owned(),
                filter,
            });
            continue;
        };
        if !widened(known, filter) {
            return Counted::Nothing(
                "an event with several combinations of filters has no counterpart",
            );
        }
    }
    if metric.of.is_empty() {
        return Counted::Nothing("the metric lists no events");
    }
    metric.is_all_of = operator == Some("AND") && metric.of.len() > 1;
    match (unique, first.and_then(|(_, operator)| operator)) {
        (None, Some("sum(value)")) => {
            metric.measures.push("sum");
            metric.value = Some("value".to_owned());
            for it in &metric.of {
                add(cx, &it.event, "value", property_type("value"));
            }
        }
        (_, Some(_)) => return Counted::Nothing("the operator of the events is unknown"),
        (None, None) if metric.is_all_of => metric.measures.push("unique_users"),
        (None, None) => metric.measures.push("count"),
        (Some(unique), None) => {
            let known = UNIQUE.iter().find(|(known, _)| *known == unique);
            match known.map_or(Some(unique), |(_, argument)| *argument) {
                None => metric.measures.push("unique_users"),
                Some(argument) => {
                    if metric.is_all_of {
                        return Counted::Nothing(
                            "only users who did each of several events are counted, not other things",
                        );
                    }
                    metric.measures.push("distinct");
                    metric.value = Some(argument.to_owned());
                    let ty = if known.is_some() {
                        Type::Integer
                    } else {
                        property_type(argument)
                    };
                    for it in &metric.of {
                        add(cx, &it.event, argument, ty.clone());
                    }
                }
            }
        }
    }
    Counted::Metric(metric)
}

/// Adds the values of another filter for the same event, and returns whether that is possible: the
/// filters are for the same property, or one has no conditions.
fn widened(known: &mut Selected, filter: Vec<Filter>) -> bool {
    match (known.filter.as_mut_slice(), filter.as_slice()) {
        ([], _) | (_, []) => known.filter.clear(),
        ([one], [other]) if one.argument == other.argument => {
            let new = other
                .values
                .iter()
                .filter(|value| !one.values.contains(value));
            let new: Vec<Literal> = new.cloned().collect();
            one.values.extend(new);
        }
        (one, other) => return *one == *other,
    }
    true
}

/// Returns the values of properties that an event must have.
fn filter(event: &Node) -> Vec<Filter> {
    let entries = event.get("filter").map(Node::entries).unwrap_or_default();
    let filters = entries.iter().filter_map(|entry| {
        let values = entry.value.texts().into_iter().map(|value| {
            let is_number = value.parse::<f64>().is_ok_and(f64::is_finite);
            match is_number && property_type(&entry.key) == Type::Number {
                true => Literal::Number(value.to_owned()),
                false => Literal::Text(value.to_owned()),
            }
        });
        let values: Vec<Literal> = values.collect();
        (!values.is_empty()).then(|| Filter {
            argument: entry.key.clone(),
            values,
        })
    });
    filters.collect()
}

fn declare(cx: &mut Context<'_>, name: &str, place: &Place) {
    let event = cx.draft.events.entry(name.to_owned()).or_default();
    if event.place.file.is_empty() {
        event.place = place.clone();
    }
}

fn add(cx: &mut Context<'_>, event: &str, argument: &str, ty: Type) {
    if let Some(event) = cx.draft.events.get_mut(event) {
        event.add(optional(argument, ty));
    }
}
