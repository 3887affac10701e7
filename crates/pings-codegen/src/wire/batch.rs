//! The definition of a request's body, and of everything in it.

use pings_model::Registry;
use serde_json::{Map, Value, json};

use super::definitions::{BATCH, Definitions, EVENT, Format, LOST_EVENT, TIME, event_names};
use super::{envelope, event, lost};
use crate::usage::usages;

/// Adds the definition of the batch, and all definitions that it refers to.
pub(super) fn define(registry: &Registry, definitions: &mut Definitions) {
    let names = event_names(registry.events());
    definitions.insert(BATCH, batch(definitions));
    definitions.insert(EVENT, any_event(registry, &names, definitions));
    envelope::define(definitions);
    definitions.insert(LOST_EVENT, lost::definition(definitions));
    for (usage, name) in usages(registry).iter().zip(&names) {
        definitions.insert(name, event::definition(usage, definitions));
    }
}

fn batch(definitions: &Definitions) -> Value {
    json!({
        "description": "The body of a request.",
        "type": "object",
        "properties": {
            "v": {
                "description": "The version of this format.",
                "type": "integer",
                "const": 1,
            },
            "sent_at": {
                "description": "The client's clock when the request is made. The server corrects the \
                                times of the events by the difference from its own clock.",
                "$ref": definitions.address(TIME),
            },
            "events": { "type": "array", "items": definitions.reference(EVENT) },
        },
        "required": ["v", "sent_at", "events"],
        "additionalProperties": false,
    })
}

/// Returns the schema of any event, which is recognized by its name.
fn any_event(registry: &Registry, names: &[String], definitions: &Definitions) -> Value {
    let references: Vec<Value> = names
        .iter()
        .map(String::as_str)
        .chain([LOST_EVENT])
        .map(|name| definitions.reference(name))
        .collect();
    let mut discriminator = Map::from_iter([("propertyName".to_owned(), json!("name"))]);
    // Without a mapping, OpenAPI takes a name for that of a definition. Validators of JSON Schema
    // read the names in the definitions, and refuse a mapping.
    if definitions.format == Format::OpenApi {
        let events = registry.events().iter().zip(names);
        let mapping: Map<String, Value> = events
            .flat_map(|(event, name)| event.wire_names().map(move |wire| (wire, name.as_str())))
            .chain([(lost::NAME, LOST_EVENT)])
            .map(|(wire, name)| (wire.to_owned(), json!(definitions.address(name))))
            .collect();
        discriminator.insert("mapping".to_owned(), Value::Object(mapping));
    }
    json!({
        "description": "An event of the registry, or a report of lost events.",
        "type": "object",
        "required": ["name"],
        "oneOf": references,
        "discriminator": discriminator,
    })
}
