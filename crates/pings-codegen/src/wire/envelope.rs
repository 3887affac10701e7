//! The members around the arguments of an event.

use serde_json::{Map, Value, json};

use super::definitions::{ANONYMOUS_ID, Definitions, EVENT_ID, TIME, VERSION};

/// The maximum length of a version and of an anonymous id.
const LONGEST_WORD: u32 = 64;

/// What distinguishes an event from other events.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) description: String,
    /// The schema of the name.
    pub(super) name: Value,
    /// The schema of the arguments.
    pub(super) args: Value,
    pub(super) has_required_args: bool,
}

/// Returns the schema of an event with its envelope.
pub(super) fn event(content: Content, definitions: &Definitions) -> Map<String, Value> {
    let mut required = vec!["id", "name", "at", "version"];
    if content.has_required_args {
        required.push("args");
    }
    let properties = json!({
        "id": definitions.reference(EVENT_ID),
        "name": content.name,
        "at": {
            "description": "The client's clock when the event was recorded.",
            "$ref": definitions.address(TIME),
        },
        "version": definitions.reference(VERSION),
        "anonymous_id": definitions.reference(ANONYMOUS_ID),
        "args": content.args,
    });
    Map::from_iter([
        ("description".to_owned(), json!(content.description)),
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), properties),
        ("required".to_owned(), json!(required)),
        ("additionalProperties".to_owned(), json!(false)),
    ])
}

/// Adds the definitions of the members.
pub(super) fn define(definitions: &mut Definitions) {
    let id = json!({
        "description": "A UUIDv7 of the time when the event was recorded, in lower case. A repeated \
                        request has the same ids, so that each event counts once.",
        "type": "string",
        "format": "uuid",
        "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
    });
    let time = json!({
        "description": "A time in the form of RFC 3339: 2026-11-30T08:00:00.000Z.",
        "type": "string",
        "format": "date-time",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$",
    });
    let version = json!({
        "description": "The version of the software that recorded the event: one to four numbers, \
                        which a suffix may follow, as in 5.2.1 or v5.3.0-rc.1.",
        "type": "string",
        "maxLength": LONGEST_WORD,
        "pattern": r"^v?[0-9]{1,9}(\.[0-9]{1,9}){0,3}([-+~].*)?$",
    });
    let anonymous_id = json!({
        "description": "Distinguishes visitors who are not signed in. The web client sends the number \
                        of the ISO week since 1970, a hyphen and a random UUID.",
        "type": ["string", "null"],
        "maxLength": LONGEST_WORD,
        "pattern": "^[0-9A-Za-z-]+$",
    });
    definitions.insert(EVENT_ID, id);
    definitions.insert(TIME, time);
    definitions.insert(VERSION, version);
    definitions.insert(ANONYMOUS_ID, anonymous_id);
}
