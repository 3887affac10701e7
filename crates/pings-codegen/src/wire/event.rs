//! The definition of an event of the registry.

use pings_model::Event;
use serde_json::{Value, json};

use super::definitions::Definitions;
use super::envelope::Content;
use super::{arguments, envelope};
use crate::text::one_line;
use crate::usage::Usage;

/// Returns the schema of the event with its envelope.
pub(super) fn definition(usage: &Usage<'_>, definitions: &Definitions) -> Value {
    let mut paragraphs = usage.paragraphs();
    let pings = paragraphs.split_off(1);
    let content = Content {
        description: [paragraphs.concat(), pings.join("\n")].join("\n\n"),
        name: name(usage.event),
        args: arguments::schema(usage.event),
        has_required_args: arguments::has_required(&usage.event.args),
    };
    let mut schema = envelope::event(content, definitions);
    if usage.deprecation().is_some() {
        schema.insert("deprecated".to_owned(), json!(true));
    }
    schema.insert("x-pings".to_owned(), json!(usage.codes));
    Value::Object(schema)
}

/// Returns the schema of the event's name, or of the names that older versions of the product sent.
fn name(event: &Event) -> Value {
    if event.renamed_from.is_empty() {
        return json!({ "type": "string", "const": event.name });
    }
    let current = json!({ "const": event.name });
    let older = event.renamed_from.iter().map(|older| {
        json!({
            "const": older,
            "description": format!("An older name of `{}`.", one_line(&event.name)),
            "deprecated": true,
        })
    });
    let described: Vec<Value> = std::iter::once(current).chain(older).collect();
    let names: Vec<&str> = event.wire_names().collect();
    json!({ "type": "string", "enum": names, "oneOf": described })
}
