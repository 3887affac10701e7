//! Example calls of the functions.

use pings_model::{Argument, ArgumentType, Registry};
use serde_json::Value as Json;

use super::naming::Names;
use super::text::{key, string};
use crate::events::PlannedEvent;

/// Returns a call of the web package for each event, in registry order:
/// `insightHover({ insightType: 'searchInsights' })`.
#[must_use]
pub fn web_calls(registry: &Registry) -> Vec<String> {
    let names = Names::new(registry);
    let events = names.events();
    events
        .map(|(planned, function)| call(planned, function))
        .collect()
}

/// Returns a call of a function, with example values.
pub(super) fn call(planned: &PlannedEvent<'_>, function: &str) -> String {
    format!("{function}({})", arguments(planned))
}

/// Returns the arguments of a call, with example values.
fn arguments(planned: &PlannedEvent<'_>) -> String {
    match planned.event.args.as_slice() {
        [] => String::new(),
        args => object(
            args,
            &|name, value| format!("{}: {value}", key(name)),
            &string,
        ),
    }
}

/// Returns an object with example values of the required members. The functions write a member and
/// a text.
fn object(
    args: &[Argument],
    member: &dyn Fn(&str, &str) -> String,
    text: &dyn Fn(&str) -> String,
) -> String {
    let required = args.iter().filter(|argument| !argument.optional);
    let members: Vec<String> = required
        .map(|argument| {
            let value = match &argument.ty {
                ArgumentType::Object(members) => object(members, member, text),
                ArgumentType::String | ArgumentType::Version | ArgumentType::Enum(_) => {
                    text(&value(argument))
                }
                _ => value(argument),
            };
            member(&argument.name, &value)
        })
        .collect();
    match members.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{ {} }}", members.join(", ")),
    }
}

/// Returns an example value as text; of a list or an object, its JSON.
pub(super) fn value(argument: &Argument) -> String {
    let json = |text: &str| Json::from(text).to_string();
    match &argument.ty {
        ArgumentType::String | ArgumentType::Version => "text".to_owned(),
        ArgumentType::Integer => "1".to_owned(),
        ArgumentType::Number => "1.5".to_owned(),
        ArgumentType::Boolean => "true".to_owned(),
        ArgumentType::Enum(values) => values.first().cloned().unwrap_or_default(),
        ArgumentType::List(values) => {
            let first: Vec<String> = values.iter().take(1).map(|value| json(value)).collect();
            format!("[{}]", first.join(", "))
        }
        ArgumentType::Object(members) => {
            let member = |name: &str, value: &str| format!("{}: {value}", json(name));
            object(members, &member, &json)
        }
    }
}
