//! The JSON Schema of `pings.yaml`, by which editors complete, explain and check it.
//!
//! It is made from the table of the format and so the same for every registry.

use std::collections::BTreeMap;

use pings_model::format::{Key, REGISTRY, Record, Shape};
use serde_json::{Map, Value, json};

use crate::{Origin, header};

/// Where it stands.
pub(crate) const PATH: &str = "docs/pings.schema.json";

/// One version.
const VERSION: &str = r"[0-9]+(\.[0-9]+){0,3}";

/// The schema, as the text of its file.
pub(crate) fn schema(origin: &Origin<'_>) -> String {
    let mut definitions = BTreeMap::new();
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("$comment".to_owned(), json!(header::json(origin)));
    schema.extend(record(&REGISTRY, &mut definitions));
    let definitions: Map<String, Value> = definitions
        .into_iter()
        .map(|(name, definition)| (name, Value::Object(definition)))
        .collect();
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    format!("{:#}\n", Value::Object(schema))
}

/// The records below the root, by name.
type Definitions = BTreeMap<String, Map<String, Value>>;

/// A mapping with known keys. One that needs none may be left empty, which YAML reads as null.
fn record(record: &'static Record, definitions: &mut Definitions) -> Map<String, Value> {
    let required: Vec<&str> = record
        .keys
        .iter()
        .filter(|key| key.required)
        .map(|key| key.name)
        .collect();
    let properties: Map<String, Value> = record
        .keys
        .iter()
        .map(|key| (key.name.to_owned(), property(key, definitions)))
        .collect();

    let mut schema = Map::new();
    schema.insert("title".to_owned(), json!(record.name));
    schema.insert("description".to_owned(), json!(record.doc));
    let ty = if required.is_empty() {
        json!(["object", "null"])
    } else {
        json!("object")
    };
    schema.insert("type".to_owned(), ty);
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// What a key may hold, and what it means.
fn property(key: &'static Key, definitions: &mut Definitions) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(key.doc));
    schema.extend(match (key.name, &key.shape) {
        // The values of an enum are texts that may look like numbers: `[7, 30]`.
        ("enum", Shape::List(_)) => {
            object(json!({ "type": "array", "items": { "type": PLAIN }, "minItems": 1 }))
        }
        (_, shape) => form(shape, definitions),
    });
    Value::Object(schema)
}

/// What a scalar may look like that is read as its text, whatever YAML takes it for.
const PLAIN: [&str; 3] = ["string", "number", "boolean"];

/// What a value may be.
fn form(shape: &'static Shape, definitions: &mut Definitions) -> Map<String, Value> {
    object(match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Reason | Shape::Heading => json!({ "type": "string", "pattern": r"\S" }),
        Shape::Sql => json!({ "type": ["string", "number", "boolean"] }),
        Shape::FormatVersion => json!({ "const": 1 }),
        Shape::Integer => json!({ "type": "integer", "minimum": 0 }),
        Shape::Percentile => json!({ "type": "number", "minimum": 0, "maximum": 100 }),
        Shape::Version => json!({ "type": "string", "pattern": format!("^{VERSION}$") }),
        Shape::VersionRange => json!({
            "type": "string",
            "pattern": format!(r"^\s*{VERSION}\s*(\+|-\s*{VERSION})?\s*$"),
        }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Scalar => json!({ "type": ["string", "number", "boolean", "null"] }),
        Shape::Choice(words) => {
            let words: Vec<Value> = words
                .iter()
                .map(|(word, doc)| json!({ "const": word, "description": doc }))
                .collect();
            json!({ "type": "string", "oneOf": words })
        }
        Shape::List(item) => {
            json!({ "type": "array", "items": form(item, definitions), "minItems": 1 })
        }
        Shape::OneOrMany(item) => {
            let item = form(item, definitions);
            json!({ "anyOf": [item, { "type": "array", "items": item, "minItems": 1 }] })
        }
        Shape::Map(what, value) => json!({
            "type": "object",
            "propertyNames": { "title": what },
            "additionalProperties": form(value, definitions),
        }),
        Shape::Record(known) => {
            // A fragment of an address holds no spaces.
            let name = known.name.replace(' ', "-");
            if !definitions.contains_key(&name) {
                // Entered before it is made, as a record may hold itself.
                definitions.insert(name.clone(), Map::new());
                let definition = record(known, definitions);
                definitions.insert(name.clone(), definition);
            }
            json!({ "$ref": format!("#/$defs/{name}") })
        }
        Shape::Either(one, other) => {
            json!({ "anyOf": [form(one, definitions), form(other, definitions)] })
        }
    })
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        other => Map::from_iter([("const".to_owned(), other)]),
    }
}
