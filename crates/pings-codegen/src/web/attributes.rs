//! `dom.js`: the attributes of elements that record an event.

use std::collections::BTreeSet;

use pings_model::{ArgumentType, ident};

use super::naming::Names;
use super::text::{header, key, string};
use crate::Origin;
use crate::events::PlannedEvent;

/// The attribute of the DOM event at which an element records.
const ON: &str = "on";

pub(super) fn module(names: &Names<'_>, origin: &Origin<'_>) -> String {
    let events = names.events().filter_map(|(planned, _)| {
        let members: Vec<String> = of(planned).filter_map(member).collect();
        let name = key(&planned.event.name);
        (!members.is_empty())
            .then(|| format!("  {name}: {{ __proto__: null, {} }},\n", members.join(", ")))
    });
    format!(
        "{header}
import {{ listen as listenFor }} from './core/dom.js'

// Without a prototype, a name such as `constructor` is found only if the table has it.
const attributes = {{
  __proto__: null,
{events}}}

export function listen() {{ listenFor(attributes) }}
",
        header = header(origin),
        events = events.collect::<String>(),
    )
}

pub(super) fn declarations(origin: &Origin<'_>) -> String {
    format!(
        "{header}
/**
 * Records an event when an element with `data-ping` is clicked, or when the DOM event that
 * `data-ping-on` names (`click`, `change`, `submit`, `mouseenter`) happens at it. Call it once.
 */
export function listen(): void
",
        header = header(origin),
    )
}

/// An argument, and the attribute of elements that has its value.
pub(super) struct Attribute<'a> {
    /// The attribute without `data-ping-`.
    pub(super) name: String,
    argument: &'a str,
    /// Whether the text of the attribute is read as JSON: a number, a boolean, a list or an object.
    is_typed: bool,
}

/// Returns the attributes of an event, in the order of its arguments.
pub(super) fn of<'a>(planned: &PlannedEvent<'a>) -> impl Iterator<Item = Attribute<'a>> {
    let mut taken = BTreeSet::from([ON.to_owned()]);
    planned.event.args.iter().map(move |argument| {
        let snake = ident::snake_name(&argument.name);
        let snake = snake.unwrap_or_else(|| "argument".to_owned());
        let kebab = snake.trim_matches('_').replace('_', "-");
        // `dataset` joins only words that begin with a letter.
        let kebab = match kebab.starts_with(|c: char| c.is_ascii_digit()) {
            true => format!("argument-{kebab}"),
            false => kebab,
        };
        let numbered = (2..).map(|number| format!("{kebab}-{number}"));
        let mut names = std::iter::once(kebab.clone()).chain(numbered);
        let name = names.find(|name| !taken.contains(name)).unwrap_or_default();
        taken.insert(name.clone());
        Attribute {
            name,
            argument: &argument.name,
            is_typed: match argument.ty {
                ArgumentType::String | ArgumentType::Version | ArgumentType::Enum(_) => false,
                ArgumentType::Integer
                | ArgumentType::Number
                | ArgumentType::Boolean
                | ArgumentType::List(_)
                | ArgumentType::Object(_) => true,
            },
        }
    })
}

/// Returns the member of the table for an attribute, unless the attribute is the text of an argument
/// with the same name.
fn member(attribute: Attribute<'_>) -> Option<String> {
    let property = property(&attribute.name);
    let argument = string(attribute.argument);
    match attribute.is_typed {
        true => Some(format!("{}: [{argument}, 1]", key(&property))),
        false if property == attribute.argument => None,
        false => Some(format!("{}: [{argument}]", key(&property))),
    }
}

/// Returns the name that `dataset` has for `data-ping-NAME`, without `ping` and with a small first
/// letter. `dataset` joins words only where a letter follows the hyphen.
fn property(name: &str) -> String {
    let mut property = String::new();
    let mut chars = format!("-{name}")
        .chars()
        .collect::<Vec<_>>()
        .into_iter()
        .peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(next) if c == '-' && next.is_ascii_lowercase() => {
                property.push(next.to_ascii_uppercase());
                chars.next();
            }
            _ => property.push(c),
        }
    }
    match property.chars().next() {
        Some(first) => first.to_ascii_lowercase().to_string() + &property[first.len_utf8()..],
        None => property,
    }
}

#[cfg(test)]
mod tests {
    use super::property;

    #[test]
    fn properties_are_those_of_dataset() {
        for (name, expected) in [
            ("insight-type", "insightType"),
            ("count", "count"),
            ("a-2-b", "a-2B"),
        ] {
            assert_eq!(property(name), expected);
        }
    }
}
