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
    let events = registry.events().iter().zip(names);
    let events: Vec<(Vec<&str>, &str)> = events
        .map(|(event, name)| (event.wire_names().collect(), name.as_str()))
        .chain([(vec![lost::NAME], LOST_EVENT)])
        .collect();
    match definitions.format {
        Format::JsonSchema => by_condition(&events, definitions),
        Format::OpenApi => by_discriminator(&events, definitions),
    }
}

/// The description of any event.
const ANY_EVENT: &str = "An event of the registry, or a report of lost events.";

/// Chooses the definition of an event by conditions. Validators then report only the errors of that
/// definition, while most of them report all definitions if a list of alternatives has no match.
fn by_condition(events: &[(Vec<&str>, &str)], definitions: &Definitions) -> Value {
    let all: Vec<&str> = events.iter().flat_map(|(wire, _)| wire).copied().collect();
    let conditions: Vec<Value> = events
        .iter()
        .map(|(wire, name)| {
            json!({
                "if": { "properties": { "name": { "enum": wire } }, "required": ["name"] },
                "then": definitions.reference(name),
            })
        })
        .collect();
    json!({
        "description": ANY_EVENT,
        "type": "object",
        "properties": { "name": { "enum": all } },
        "required": ["name"],
        "allOf": conditions,
    })
}

/// Lists the definitions as alternatives, as generators of clients expect.
fn by_discriminator(events: &[(Vec<&str>, &str)], definitions: &Definitions) -> Value {
    let references: Vec<Value> = events
        .iter()
        .map(|(_, name)| definitions.reference(name))
        .collect();
    let mapping: Map<String, Value> = events
        .iter()
        .flat_map(|(wire, name)| wire.iter().map(move |wire| (wire, name)))
        .map(|(wire, name)| ((*wire).to_owned(), json!(definitions.address(name))))
        .collect();
    json!({
        "description": ANY_EVENT,
        "oneOf": references,
        "discriminator": { "propertyName": "name", "mapping": mapping },
    })
}
