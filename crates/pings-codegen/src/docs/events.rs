//! The events of a ping.

use std::collections::HashSet;

use pings_model::{Argument, ArgumentType, Event, EventId, Ping, Registry};

use crate::markdown::{code, inline, table};
use crate::text::comma_separated;
use crate::usage::events_of;

/// Returns a table of the events, or `None` if the ping has no events.
pub(super) fn events(registry: &Registry, ping: &Ping) -> Option<String> {
    let rows: Vec<[String; 3]> = fed_by(ping)
        .into_iter()
        .map(|id| registry.event(id))
        .map(|event| {
            let arguments: Vec<String> = event.args.iter().map(argument).collect();
            [
                names(event),
                inline(event.description.as_deref().unwrap_or_default()),
                arguments.join("<br/>"),
            ]
        })
        .collect();
    let is_worth_it = !rows.is_empty();
    is_worth_it.then(|| table(["Event", "Meaning", "Arguments"], &rows))
}

/// Returns the events of a ping without duplicates, in the order in which its metrics name them.
fn fed_by(ping: &Ping) -> Vec<EventId> {
    let mut events = Vec::new();
    let mut seen = HashSet::new();
    for metric in &ping.metrics {
        for event in events_of(metric) {
            if seen.insert(event) {
                events.push(event);
            }
        }
    }
    events
}

/// Returns names in the form `` `ViewInsights` (once `ViewInsightsPage`) ``.
fn names(event: &Event) -> String {
    named(&event.name, &event.renamed_from)
}

/// Returns a name with its previous names.
fn named(name: &str, renamed_from: &[String]) -> String {
    let name = code(name);
    if renamed_from.is_empty() {
        return name;
    }
    let before = comma_separated(renamed_from.iter().map(|name| code(name)));
    format!("{name} (once {before})")
}

/// Returns the declared values of an argument.
fn one_of(values: &[String], argument: &Argument) -> String {
    match &argument.values_file {
        Some(file) => format!("one of the {} values in {}", values.len(), code(file)),
        None => {
            let values: Vec<String> = values.iter().map(|value| code(value)).collect();
            values.join(" or ")
        }
    }
}

/// Returns an argument in the form `` `title`: text, optional – what it tells ``.
fn argument(argument: &Argument) -> String {
    let ty = argument_type(argument);
    let optional = if argument.optional { ", optional" } else { "" };
    let description = inline(argument.description.as_deref().unwrap_or_default());
    let dash = if description.is_empty() { "" } else { " – " };
    format!(
        "{}: {ty}{optional}{dash}{description}",
        named(&argument.name, &argument.renamed_from)
    )
}

/// Returns the type of an argument, as Markdown: `integer`.
#[must_use]
pub fn argument_type(argument: &Argument) -> String {
    match &argument.ty {
        ArgumentType::String => "text".to_owned(),
        ArgumentType::Integer => "integer".to_owned(),
        ArgumentType::Number => "number".to_owned(),
        ArgumentType::Boolean => "boolean".to_owned(),
        ArgumentType::Version => "version".to_owned(),
        ArgumentType::Object(members) => {
            let members: Vec<String> = members.iter().map(self::argument).collect();
            format!("object of {}", members.join("; "))
        }
        ArgumentType::Enum(values) => one_of(values, argument),
        ArgumentType::List(values) => format!("list of {}", one_of(values, argument)),
    }
}
