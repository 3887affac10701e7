//! The event with which a client reports lost events.

use serde_json::{Map, Value, json};

use super::definitions::Definitions;
use super::envelope::{Content, event};

/// The name of the event.
pub(super) const NAME: &str = "$lost";

/// The largest count.
const MOST: u32 = 1_000_000_000;

/// The kinds of losses, and their reasons.
const KINDS: [(&str, &str); 4] = [
    ("ceiling", "Too many events waited in the client."),
    ("refused", "The server refused the event in its answer."),
    (
        "rejected",
        "The server answered 400 or 413 to a request with the event alone.",
    ),
    ("invalid", "The arguments have no JSON form."),
];

pub(super) fn definition(definitions: &Definitions) -> Value {
    let kinds: Map<String, Value> = KINDS
        .iter()
        .map(|(kind, doc)| {
            let count = json!({
                "description": doc,
                "type": "integer",
                "minimum": 0,
                "maximum": MOST,
            });
            ((*kind).to_owned(), count)
        })
        .collect();
    let content = Content {
        description:
            "The number of events that the client lost since its previous report, by kind."
                .to_owned(),
        name: json!({ "type": "string", "const": NAME }),
        args: json!({ "type": "object", "properties": kinds, "additionalProperties": false }),
        has_required_args: true,
    };
    Value::Object(event(content, definitions))
}
