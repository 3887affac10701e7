//! The OpenAPI description of the ingest endpoint.

use pings_model::Registry;
use serde_json::{Value, json};

use super::batch;
use super::definitions::{ANSWER, BATCH, Definitions, ERROR, Format, REASON, REFUSAL};
use crate::text::one_line;
use crate::{Origin, header};

/// The path of the description.
pub(super) const PATH: &str = "docs/ingest.openapi.json";

/// The reasons for which a single event is refused.
const REASONS: [(&str, &str); 14] = [
    (
        "malformed-event",
        "the event is not an object with the members of an event",
    ),
    ("invalid-id", "`id` is not a UUIDv7"),
    ("unknown-event", "no event of the registry has this name"),
    ("missing-argument", "a required argument is absent"),
    (
        "unknown-argument",
        "the registry has no such argument for the event",
    ),
    (
        "wrong-type",
        "an argument has another type than the registry declares, or is out of range",
    ),
    (
        "undeclared-value",
        "the registry does not list this value of an argument",
    ),
    ("text-too-long", "a text has more than 1,024 characters"),
    ("invalid-version", "`version` is not a version"),
    ("invalid-time", "`at` is not a time in the form of RFC 3339"),
    ("invalid-anonymous-id", "`anonymous_id` has another form"),
    (
        "too-old",
        "the event is older than the ids that the server remembers, so that it could count twice",
    ),
    (
        "switched-off",
        "usage telemetry is switched off on the server",
    ),
    ("rejected", "the database of the server rejects the event"),
];

/// Returns the text of the description.
pub(super) fn document(registry: &Registry, origin: &Origin<'_>) -> String {
    let mut definitions = Definitions::new(Format::OpenApi);
    batch::define(registry, &mut definitions);
    define_answers(&mut definitions);
    let document = json!({
        "openapi": "3.1.0",
        "x-comment": header::json(origin),
        "info": {
            "title": format!("{}: ingest endpoint", one_line(registry.title())),
            "description": "Receives events of web front ends and of other servers.",
            "version": "1",
        },
        "paths": { "/-/pings": { "post": operation(&definitions) } },
        "components": { "schemas": definitions.into_value() },
    });
    format!("{document:#}\n")
}

fn operation(definitions: &Definitions) -> Value {
    let batch = definitions.reference(BATCH);
    json!({
        "operationId": "recordEvents",
        "summary": "Record a batch of events",
        "description": "Records each event once, however often the request is repeated: after an \
                        error or without an answer, send the same events with the same ids again.",
        "requestBody": {
            "required": true,
            "content": {
                "application/json": { "schema": batch },
                // Browsers send text without a preflight request.
                "text/plain": { "schema": {
                    "description": "The same JSON as text.",
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": batch,
                } },
            },
        },
        "responses": {
            "200": {
                "description": "Every event is stored durably, was stored before, or is refused for \
                                good.",
                "content": { "application/json": { "schema": definitions.reference(ANSWER) } },
            },
            "400": error("The body is not a batch of events in JSON.", definitions),
            "403": error("The request comes from a page of another site.", definitions),
            "408": error("The body does not arrive in time.", definitions),
            "413": error("The body is larger than 256 KB.", definitions),
            "415": error("The body is compressed, or has another content type.", definitions),
            "429": later("The client sends too many requests.", definitions),
            "503": later("The server cannot store events at the moment.", definitions),
        },
    })
}

fn error(description: &str, definitions: &Definitions) -> Value {
    json!({ "description": description, "content": error_content(definitions) })
}

/// Returns an error after which the client waits before it repeats the request.
fn later(description: &str, definitions: &Definitions) -> Value {
    json!({
        "description": description,
        "headers": {
            "Retry-After": {
                "description": "The number of seconds to wait.",
                "schema": { "type": "integer", "minimum": 0 },
            },
        },
        "content": error_content(definitions),
    })
}

fn error_content(definitions: &Definitions) -> Value {
    json!({ "application/json": { "schema": definitions.reference(ERROR) } })
}

fn define_answers(definitions: &mut Definitions) {
    let count =
        |description: &str| json!({ "description": description, "type": "integer", "minimum": 0 });
    let answer = json!({
        "description": "What became of the events. The two numbers and the length of `refused` sum to \
                        the number of events in the batch.",
        "type": "object",
        "properties": {
            "accepted": count("The number of events that are now stored."),
            "duplicates": count("The number of events that were already stored."),
            "refused": {
                "description": "The events that are not stored. Do not send them again.",
                "type": "array",
                "items": definitions.reference(REFUSAL),
            },
        },
        "required": ["accepted", "duplicates", "refused"],
    });
    let refusal = json!({
        "type": "object",
        "properties": {
            "id": {
                "description": "The id of the event as it was sent.",
                "type": "string",
            },
            "reason": definitions.reference(REASON),
            "message": { "description": "The reason in a sentence.", "type": "string" },
        },
        "required": ["id", "reason", "message"],
    });
    let meanings: Vec<String> = REASONS
        .iter()
        .map(|(reason, meaning)| format!("- `{reason}`: {meaning}"))
        .collect();
    let reasons: Vec<&str> = REASONS.iter().map(|(reason, _)| *reason).collect();
    let reason = json!({
        "description": format!("Why an event is refused:\n\n{}", meanings.join("\n")),
        "type": "string",
        "enum": reasons,
    });
    let error = json!({
        "type": "object",
        "properties": {
            "message": { "description": "What is wrong with the request.", "type": "string" },
        },
        "required": ["message"],
    });
    definitions.insert(ANSWER, answer);
    definitions.insert(REFUSAL, refusal);
    definitions.insert(REASON, reason);
    definitions.insert(ERROR, error);
}
