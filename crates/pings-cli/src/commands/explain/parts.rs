//! Texts that describe parts of the registry.

use pings_model::{ArgumentType, Event};

/// The number of values up to which all are listed.
const MOST_LISTED: usize = 20;

/// Returns the name of an event with its previous names.
pub(super) fn event_name(event: &Event) -> String {
    match event.renamed_from.as_slice() {
        [] => event.name.clone(),
        old => format!("{} (previously {})", event.name, old.join(", ")),
    }
}

pub(super) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the values that an argument accepts, as text.
pub(crate) fn expected(ty: &ArgumentType) -> String {
    match ty {
        ArgumentType::String => "a text".to_owned(),
        ArgumentType::Integer => "a whole number".to_owned(),
        ArgumentType::Number => "a number".to_owned(),
        ArgumentType::Boolean => "true or false".to_owned(),
        ArgumentType::Object(members) => {
            let members = members.iter().map(|member| match member.optional {
                true => format!("{}: {} or nothing", member.name, expected(&member.ty)),
                false => format!("{}: {}", member.name, expected(&member.ty)),
            });
            format!("an object {{ {} }}", members.collect::<Vec<_>>().join("; "))
        }
        ArgumentType::List(values) => {
            let values = expected(&ArgumentType::Enum(values.clone()));
            format!("a list, each value {values}")
        }
        ArgumentType::Version => "a version such as 5.2.0".to_owned(),
        ArgumentType::Enum(values) if values.len() > MOST_LISTED => format!(
            "one of {} values, such as {}",
            values.len(),
            values[..3].join(", ")
        ),
        ArgumentType::Enum(values) => format!("one of {}", values.join(", ")),
    }
}
