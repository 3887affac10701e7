//! Arguments of events in metrics.

use pings_model::{
    Argument, ArgumentType, Event, EventArgument, EventId, Filter, Scalar, ValueType, Version,
};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::names::Names;
use crate::nearest::with_suggestion;
use crate::source::Span;
use crate::tree::Node;

/// Returns the argument with this name, which all events must declare with compatible types.
pub(super) fn argument(
    name: &str,
    span: Span,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<EventArgument> {
    let mut found: Option<(&str, ArgumentType)> = None;
    let mut renamed_from: Vec<String> = Vec::new();
    for id in of {
        let event = &names.events[id.0];
        let Some(argument) = event.arg(name) else {
            // The event failed the schema check and may declare the argument.
            if names.is_sound_event(*id) {
                cx.report(unknown(name, span, event));
            }
            return None;
        };
        for old in &argument.renamed_from {
            if !renamed_from.contains(old) {
                renamed_from.push(old.clone());
            }
        }
        found = match found {
            None => Some((&event.name, argument.ty.clone())),
            Some((first, ty)) => match union(&ty, &argument.ty) {
                Some(ty) => Some((first, ty)),
                None => {
                    let message = format!(
                        "`{name}` has different types in `{first}` and `{}`",
                        event.name
                    );
                    let help = "give it the same type in both events, or make two metrics";
                    cx.error(Rule::TypeMismatch, span, message, help);
                    return None;
                }
            },
        };
    }
    // An old key of this argument must not be the key of another argument in any of the events.
    for id in of {
        let event = &names.events[id.0];
        if let Some(old) = renamed_from.iter().find(|old| event.arg(old).is_some()) {
            let message = format!(
                "`{name}` was called `{old}` in one event, but `{}` has another argument `{old}`",
                event.name
            );
            let help =
                "make two metrics, because the key does not show which argument a row contains";
            cx.error(Rule::TypeMismatch, span, message, help);
            return None;
        }
    }
    found.map(|(_, ty)| EventArgument {
        name: name.to_owned(),
        renamed_from,
        ty,
    })
}

fn unknown(name: &str, span: Span, event: &Event) -> Diagnostic {
    let message = format!("event `{}` has no argument `{name}`", event.name);
    let diagnostic = Diagnostic::new(Rule::UnknownArgument, span, message);
    let is_old = |it: &&Argument| it.renamed_from.iter().any(|key| key == name);
    if let Some(renamed) = event.args.iter().find(is_old) {
        return diagnostic.help(format!("`{name}` was renamed: use `{}`", renamed.name));
    }
    let known = event.args.iter().map(|arg| arg.name.as_str());
    with_suggestion(diagnostic, name, "its arguments are", known).help(format!(
        "declare arguments under `events: {}: args`",
        event.name
    ))
}

/// Returns a type that contains the values of both types, if they are of the same kind.
fn union(a: &ArgumentType, b: &ArgumentType) -> Option<ArgumentType> {
    match (a, b) {
        (ArgumentType::Enum(a), ArgumentType::Enum(b)) => {
            let more = b.iter().filter(|value| !a.contains(value));
            Some(ArgumentType::Enum(a.iter().chain(more).cloned().collect()))
        }
        _ => (a == b).then(|| a.clone()),
    }
}

/// Returns the type in which an argument is measured. A boolean is measured as a word.
pub(super) fn value_type(ty: &ArgumentType) -> ValueType {
    match ty {
        ArgumentType::Integer => ValueType::Integer,
        ArgumentType::Number => ValueType::Number,
        ArgumentType::String
        | ArgumentType::Boolean
        | ArgumentType::Enum(_)
        | ArgumentType::Version => ValueType::Text,
    }
}

pub(super) fn is_numeric(argument: &EventArgument) -> bool {
    matches!(argument.ty, ArgumentType::Integer | ArgumentType::Number)
}

/// Returns the conditions on arguments in `where`.
pub(super) fn filters(
    node: &Node<'_>,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<Filter>> {
    let mut filters = Vec::new();
    let mut sound = true;
    for entry in node.entries() {
        let Some(argument) = argument(&entry.key, entry.key_span, of, names, cx) else {
            sound = false;
            continue;
        };
        let values: Option<Vec<Scalar>> = entry
            .value
            .one_or_many()
            .iter()
            .map(|node| scalar(node, &argument, cx))
            .collect();
        match values {
            Some(values) => filters.push(Filter { argument, values }),
            None => sound = false,
        }
    }
    sound.then_some(filters)
}

/// Returns a value that the argument accepts.
fn scalar(node: &Node<'_>, argument: &EventArgument, cx: &mut Context<'_>) -> Option<Scalar> {
    let Some(text) = node.text() else {
        return Some(Scalar::Missing);
    };
    let (scalar, expected) = match &argument.ty {
        ArgumentType::String => (Some(Scalar::Text(text.to_owned())), "text"),
        ArgumentType::Integer => (integer(text).map(Scalar::Integer), "an integer"),
        ArgumentType::Number => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            (number.map(Scalar::Number), "a number")
        }
        ArgumentType::Boolean => (text.parse().ok().map(Scalar::Boolean), "`true` or `false`"),
        ArgumentType::Version => {
            let is_reduced = Version::reduced(text).is_some_and(|reduced| reduced == text);
            (
                is_reduced.then(|| Scalar::Text(text.to_owned())),
                "a version of three numbers, such as `5.2.0`",
            )
        }
        ArgumentType::Enum(values) if values.iter().any(|value| value == text) => {
            (Some(Scalar::Text(text.to_owned())), "")
        }
        ArgumentType::Enum(values) => {
            let message = format!("`{}` is never `{text}`", argument.name);
            let unknown = Diagnostic::new(Rule::UnknownEnumValue, node.span, message);
            let known = values.iter().map(String::as_str);
            cx.report(with_suggestion(unknown, text, "its values are", known));
            return None;
        }
    };
    if scalar.is_none() {
        let message = format!("`{}` is {expected}, but this is `{text}`", argument.name);
        cx.error(
            Rule::TypeMismatch,
            node.span,
            message,
            "write a value of the argument's type",
        );
    }
    scalar
}

/// Parses a whole number that JSON represents exactly.
fn integer(text: &str) -> Option<i64> {
    const LIMIT: i64 = (1 << 53) - 1;
    text.parse()
        .ok()
        .filter(|number| (-LIMIT..=LIMIT).contains(number))
}
