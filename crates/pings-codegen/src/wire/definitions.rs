//! The definitions of a document: their names, and references to them.

use pings_model::{Event, ident};
use serde_json::{Map, Value, json};

/// The names of the definitions that every document has. An event has another name.
const SHARED: [&str; 11] = [
    ANONYMOUS_ID,
    ANSWER,
    BATCH,
    ERROR,
    EVENT,
    EVENT_ID,
    LOST_EVENT,
    REASON,
    REFUSAL,
    TIME,
    VERSION,
];

pub(super) const ANONYMOUS_ID: &str = "AnonymousId";
pub(super) const ANSWER: &str = "Answer";
pub(super) const BATCH: &str = "Batch";
pub(super) const ERROR: &str = "Error";
pub(super) const EVENT: &str = "Event";
pub(super) const EVENT_ID: &str = "EventId";
pub(super) const LOST_EVENT: &str = "LostEvent";
pub(super) const REASON: &str = "Reason";
pub(super) const REFUSAL: &str = "Refusal";
pub(super) const TIME: &str = "Time";
pub(super) const VERSION: &str = "Version";

/// The format of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    JsonSchema,
    OpenApi,
}

/// The definitions of a document by name, in the order in which they were added.
#[derive(Debug)]
pub(super) struct Definitions {
    pub(super) format: Format,
    schemas: Map<String, Value>,
}

impl Definitions {
    pub(super) fn new(format: Format) -> Self {
        Self {
            format,
            schemas: Map::new(),
        }
    }

    pub(super) fn insert(&mut self, name: &str, schema: Value) {
        self.schemas.insert(name.to_owned(), schema);
    }

    /// Returns the address of a definition: `#/$defs/Batch`.
    pub(super) fn address(&self, name: &str) -> String {
        match self.format {
            Format::JsonSchema => format!("#/$defs/{name}"),
            Format::OpenApi => format!("#/components/schemas/{name}"),
        }
    }

    /// Returns a schema that refers to a definition.
    pub(super) fn reference(&self, name: &str) -> Value {
        json!({ "$ref": self.address(name) })
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.schemas)
    }
}

/// Returns the name of the definition of each event. The names consist of ASCII letters, digits and
/// `_`, as OpenAPI requires.
pub(super) fn event_names(events: &[Event]) -> Vec<String> {
    let events = events.iter().map(|event| event.name.as_str());
    let mut names = ident::type_names(SHARED.into_iter().chain(events));
    names.split_off(SHARED.len())
}
