//! Arguments of events in metrics.

use pings_model::{Argument, ArgumentType, Event, EventArgument, EventId, Leaf};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::names::Names;
use crate::nearest::with_suggestion;
use crate::source::Span;

/// Returns the argument with this name, which all events must declare with compatible types.
pub(super) fn argument(
    name: &str,
    span: Span,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<EventArgument> {
    let mut found: Option<(&str, ArgumentType)> = None;
    let mut within: Vec<&str> = Vec::new();
    let mut renamed_from: Vec<String> = Vec::new();
    for id in of {
        let event = &names.events[id.0];
        let Some((objects, argument)) = event.at(name) else {
            // The event failed the schema check and may declare the argument.
            if names.is_sound_event(*id) {
                cx.report(unknown(name, span, event));
            }
            return None;
        };
        if let ArgumentType::Object(members) = &argument.ty {
            let message = format!("`{name}` of `{}` is an object", event.name);
            let member = members.first().map_or("member", |member| &member.name);
            let help = format!("use one of its members, such as `{name}.{member}`");
            cx.error(Rule::TypeMismatch, span, message, help);
            return None;
        }
        for old in &argument.renamed_from {
            if !renamed_from.contains(old) {
                renamed_from.push(old.clone());
            }
        }
        found = match found {
            None => Some((&event.name, argument.ty.clone())),
            Some((first, ty)) => match union(&ty, &argument.ty).filter(|_| within == objects) {
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
        within = objects;
    }
    // An old key of this argument must not be the key of another argument in any of the events.
    for id in of {
        let event = &names.events[id.0];
        let path = |key: &str| [&within[..], &[key]].concat().join(".");
        let is_another = |old: &&String| event.at(&path(old)).is_some();
        if let Some(old) = renamed_from.iter().find(is_another) {
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
        within: within.into_iter().map(str::to_owned).collect(),
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
    let leaves = event.leaves();
    let paths: Vec<String> = leaves.iter().map(Leaf::path).collect();
    let known = paths.iter().map(String::as_str);
    with_suggestion(diagnostic, name, "its arguments are", known).help(format!(
        "declare arguments under `events: {}: args`",
        event.name
    ))
}

/// Returns a type that contains the values of both types, if they are of the same kind.
fn union(a: &ArgumentType, b: &ArgumentType) -> Option<ArgumentType> {
    match (a, b) {
        (ArgumentType::Enum(a), ArgumentType::Enum(b)) => Some(ArgumentType::Enum(joined(a, b))),
        (ArgumentType::List(a), ArgumentType::List(b)) => Some(ArgumentType::List(joined(a, b))),
        _ => (a == b).then(|| a.clone()),
    }
}

/// Returns an argument with a single value, which a measure can read.
pub(super) fn single(
    argument: EventArgument,
    span: Span,
    cx: &mut Context<'_>,
) -> Option<EventArgument> {
    if !matches!(argument.ty, ArgumentType::List(_)) {
        return Some(argument);
    }
    let message = format!("`{}` is a list, which has no single value", argument.name);
    let help = format!(
        "count the events of each value: `by: [{0}]`, or the events with one of them: `where: {{ {0}: … }}`",
        argument.name
    );
    cx.error(Rule::TypeMismatch, span, message, help);
    None
}

/// Returns the values of both lists, without duplicates.
fn joined(a: &[String], b: &[String]) -> Vec<String> {
    let more = b.iter().filter(|value| !a.contains(value));
    a.iter().chain(more).cloned().collect()
}

pub(super) fn is_numeric(argument: &EventArgument) -> bool {
    matches!(argument.ty, ArgumentType::Integer | ArgumentType::Number)
}
