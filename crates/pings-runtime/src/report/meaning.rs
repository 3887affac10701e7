//! The text that identifies which users a metric counts, as stored with its sightings.
//!
//! Databases of older versions hold this text. A different text discards all sightings, and users
//! whose rows were pruned then count as new. The text is therefore spelled out here, so that it
//! does not follow the model.

use std::fmt::Write;

use pings_model::{
    ActorSelection, ArgumentType, Condition, EventArgument, EventDimension, EventId, EventMeasure,
    EventMetric, Filter, LikePiece, Measure, Scalar, Selection,
};

/// A part of the text: the current form, followed by the forms under older keys of an argument.
type Part = Vec<String>;

/// Returns the text that, together with the names of events, identifies which users a metric
/// counts.
pub(super) fn meaning(metric: &EventMetric) -> String {
    text(parts(metric))
}

/// Returns the text that, together with the names of events, identifies what the kept total of a
/// metric counts and sums.
pub(super) fn of_total(metric: &EventMetric) -> String {
    text(parts_of_total(metric))
}

fn text(parts: Vec<Part>) -> String {
    let current = parts.into_iter().filter_map(|part| part.into_iter().next());
    current.collect()
}

/// Returns whether a stored text describes the metric under older keys of its arguments.
pub(super) fn was_meant(metric: &EventMetric, known: &str) -> bool {
    is_any_form(parts(metric), known)
}

/// Returns whether a stored text of a total describes the metric under older keys of its arguments.
pub(super) fn was_total(metric: &EventMetric, known: &str) -> bool {
    is_any_form(parts_of_total(metric), known)
}

fn is_any_form(parts: Vec<Part>, known: &str) -> bool {
    let rest = parts.into_iter().try_fold(known, |rest, part| {
        part.iter()
            .find_map(|form| rest.strip_prefix(form.as_str()))
    });
    rest.is_some_and(str::is_empty)
}

fn parts_of_total(metric: &EventMetric) -> Vec<Part> {
    let mut parts = parts(metric);
    for measure in &metric.measures {
        if let EventMeasure::Of(Measure::Sum(value)) = measure {
            parts.push(vec![" sum ".to_owned()]);
            parts.push(forms(value));
        }
    }
    parts
}

fn parts(metric: &EventMetric) -> Vec<Part> {
    let mut parts = vec![vec!["[".to_owned()]];
    filters(&metric.filters, &mut parts);
    parts.push(vec!["] [".to_owned()]);
    for (place, dimension) in metric.by.iter().enumerate() {
        match dimension {
            EventDimension::Event => parts.push(vec![format!("{}Event", comma(place))]),
            EventDimension::Argument(argument) => {
                parts.push(vec![format!("{}Argument(", comma(place))]);
                parts.push(forms(argument));
                parts.push(vec![")".to_owned()]);
            }
            EventDimension::Bucket(argument, buckets) => {
                parts.push(vec![format!("{}Bucket(", comma(place))]);
                parts.push(forms(argument));
                parts.push(vec![format!(", {})", buckets.bounds().join(", "))]);
            }
        }
    }
    parts.push(vec!["]".to_owned()]);
    for some in &metric.event_filters {
        // The place in the registry changes when an event is added before it.
        let place = |event: &EventId| metric.of.iter().position(|it| it == event);
        let events: Vec<usize> = some.events.iter().filter_map(place).collect();
        parts.push(vec![format!(" of {events:?} [")]);
        filters(&some.filters, &mut parts);
        parts.push(vec!["]".to_owned()]);
    }
    parts.extend(selected(&metric.selection).map(|text| vec![text]));
    parts
}

fn filters(filters: &[Filter], parts: &mut Vec<Part>) {
    for (place, filter) in filters.iter().enumerate() {
        parts.push(vec![format!("{}Filter {{ argument: ", comma(place))]);
        parts.push(forms(&filter.argument));
        parts.push(vec![format!(", {} }}", condition(&filter.condition))]);
    }
}

fn condition(condition: &Condition) -> String {
    let list = |values: &[Scalar]| {
        let values: Vec<String> = values.iter().map(scalar).collect();
        format!("[{}]", values.join(", "))
    };
    let bound = |value: &Option<Scalar>| value.as_ref().map_or_else(String::new, scalar);
    match condition {
        Condition::OneOf(values) => format!("values: {}", list(values)),
        Condition::NoneOf(values) => format!("not: {}", list(values)),
        Condition::Like(pattern) => {
            let pattern: String = pattern.iter().map(LikePiece::written).collect();
            format!("like: {pattern:?}")
        }
        Condition::Within { min, max } => format!("min: {} max: {}", bound(min), bound(max)),
    }
}

/// Returns the conditions on rows, of which older versions had none.
fn selected(selection: &Selection) -> impl Iterator<Item = String> {
    let any = selection.any_name.then(|| " any".to_owned());
    let sources =
        (!selection.sources.is_empty()).then(|| format!(" source {:?}", selection.sources));
    let actor = match selection.actor {
        ActorSelection::Any => None,
        actor => Some(format!(" actor {}", actor.as_str())),
    };
    any.into_iter().chain(sources).chain(actor)
}

fn comma(place: usize) -> &'static str {
    if place == 0 { "" } else { ", " }
}

/// Returns the text of an argument as declared, and then under each older key, newest first.
fn forms(argument: &EventArgument) -> Part {
    let keys: Vec<&str> = argument.keys().collect();
    let form = |place: usize| {
        let (name, older) = keys.get(place..)?.split_first()?;
        let mut text = format!("EventArgument {{ name: {name:?}, ty: {}", ty(&argument.ty));
        if !argument.within.is_empty() {
            let _ = write!(text, ", within: {:?}", argument.within);
        }
        if !older.is_empty() {
            let _ = write!(text, ", renamed_from: {older:?}");
        }
        text.push_str(" }");
        Some(text)
    };
    (0..keys.len()).filter_map(form).collect()
}

fn ty(ty: &ArgumentType) -> String {
    match ty {
        ArgumentType::String => "String".to_owned(),
        ArgumentType::Integer => "Integer".to_owned(),
        ArgumentType::Number => "Number".to_owned(),
        ArgumentType::Boolean => "Boolean".to_owned(),
        ArgumentType::Version => "Version".to_owned(),
        ArgumentType::Object(_) => "Object".to_owned(),
        ArgumentType::Enum(values) => format!("Enum({values:?})"),
        ArgumentType::List(values) => format!("List({values:?})"),
    }
}

fn scalar(value: &Scalar) -> String {
    match value {
        Scalar::Missing => "Missing".to_owned(),
        Scalar::Text(text) => format!("Text({text:?})"),
        Scalar::Integer(number) => format!("Integer({number})"),
        Scalar::Number(number) => format!("Number({number:?})"),
        Scalar::Boolean(value) => format!("Boolean({value})"),
    }
}

#[cfg(test)]
mod tests {
    use pings_model::{
        ArgumentType, Condition, EventArgument, EventDimension, EventFilter, EventId, EventMeasure,
        EventMetric, Filter, Identity, Scalar, Selection,
    };

    use super::{meaning, was_meant};

    fn argument(keys: &[&str], ty: ArgumentType) -> EventArgument {
        let mut keys = keys.iter().map(|&key| key.to_owned());
        EventArgument {
            name: keys.next().unwrap(),
            within: Vec::new(),
            renamed_from: keys.collect(),
            ty,
        }
    }

    fn metric(keys: &[&str]) -> EventMetric {
        let channel = ArgumentType::Enum(vec!["mail".to_owned(), "chat".to_owned()]);
        let filter = |name, ty, values| Filter {
            argument: argument(&[name], ty),
            condition: Condition::OneOf(values),
        };
        EventMetric {
            of: Vec::new(),
            all_of: Vec::new(),
            selection: Selection::default(),
            identity: Identity::Actor,
            filters: vec![
                Filter {
                    argument: argument(keys, channel.clone()),
                    condition: Condition::OneOf(vec![
                        Scalar::Text("mail \"x\"".to_owned()),
                        Scalar::Missing,
                    ]),
                },
                filter("files", ArgumentType::Integer, vec![Scalar::Integer(-3)]),
                filter("hours", ArgumentType::Number, vec![Scalar::Number(1.0)]),
                filter("draft", ArgumentType::Boolean, vec![Scalar::Boolean(true)]),
            ],
            event_filters: Vec::new(),
            by: vec![
                EventDimension::Event,
                EventDimension::Argument(argument(keys, channel)),
                EventDimension::Argument(argument(&["subject"], ArgumentType::String)),
            ],
            min_group: None,
            measures: vec![EventMeasure::FirstTimeUsers],
        }
    }

    /// The text that version 0.1 wrote into databases.
    const KNOWN: &str = r#"[Filter { argument: EventArgument { name: "channel", ty: Enum(["mail", "chat"]) }, values: [Text("mail \"x\""), Missing] }, Filter { argument: EventArgument { name: "files", ty: Integer }, values: [Integer(-3)] }, Filter { argument: EventArgument { name: "hours", ty: Number }, values: [Number(1.0)] }, Filter { argument: EventArgument { name: "draft", ty: Boolean }, values: [Boolean(true)] }] [Event, Argument(EventArgument { name: "channel", ty: Enum(["mail", "chat"]) }), Argument(EventArgument { name: "subject", ty: String })]"#;

    #[test]
    fn the_text_in_databases_stays_as_it_is() {
        assert_eq!(meaning(&metric(&["channel"])), KNOWN);
        let empty = EventMetric {
            of: Vec::new(),
            all_of: Vec::new(),
            selection: Selection::default(),
            identity: Identity::Actor,
            filters: Vec::new(),
            event_filters: Vec::new(),
            by: Vec::new(),
            min_group: None,
            measures: vec![EventMeasure::FirstTimeUsers],
        };
        assert_eq!(meaning(&empty), "[] []");
    }

    #[test]
    fn an_event_that_is_added_before_others_changes_nothing() {
        let at = |first: usize| EventMetric {
            of: vec![EventId(first), EventId(first + 1)],
            event_filters: vec![EventFilter {
                events: vec![EventId(first + 1)],
                filters: metric(&["channel"]).filters,
            }],
            ..metric(&["channel"])
        };
        assert_eq!(meaning(&at(0)), meaning(&at(7)));
        assert!(meaning(&at(0)).contains(" of [1] ["));
    }

    #[test]
    fn a_renamed_argument_means_the_same() {
        let renamed = metric(&["medium", "channel"]);
        let again = metric(&["way", "medium", "channel"]);
        assert!(was_meant(&renamed, KNOWN));
        assert!(was_meant(&again, KNOWN));
        assert!(was_meant(&again, &meaning(&renamed)));
        assert!(was_meant(&again, &meaning(&again)));
    }

    #[test]
    fn another_key_without_the_old_one_means_something_else() {
        assert!(!was_meant(&metric(&["medium"]), KNOWN));
        // Adding an older key to an argument that keeps its name changes the meaning.
        assert!(!was_meant(&metric(&["channel", "medium"]), KNOWN));
        assert!(!was_meant(&metric(&["channel"]), &KNOWN[..KNOWN.len() - 1]));
        assert!(!was_meant(&metric(&["channel"]), &format!("{KNOWN}]")));
    }
}
