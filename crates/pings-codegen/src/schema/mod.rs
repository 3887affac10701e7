//! The JSON Schema of `pings.yaml`, by which editors complete, explain and check it.
//!
//! The table of the format gives the keys, so the schema is the same for every registry.
//! [`keys`] and [`conditions`] add what can be checked without looking elsewhere in the file.
//! `errorMessage` and `defaultSnippets` are read by editors; a validator ignores them.

mod conditions;
mod keys;

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
        .map(|key| (key.name.to_owned(), property(record, key, definitions)))
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
    let conditions = conditions::conditions(record.name);
    if !conditions.is_empty() {
        schema.insert("allOf".to_owned(), json!(conditions));
    }
    schema
}

/// What a key may hold, and what it means.
fn property(record: &Record, key: &'static Key, definitions: &mut Definitions) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(key.doc));
    schema.extend(match (key.name, &key.shape) {
        // The values of an enum are texts that may look like numbers: `[7, 30]`.
        ("enum", Shape::List(_)) => {
            object(json!({ "type": "array", "items": { "type": PLAIN }, "minItems": 1, "uniqueItems": true }))
        }
        (_, shape) => form(shape, definitions),
    });
    schema.extend(object(keys::limits(record.name, key.name)));
    Value::Object(schema)
}

/// What a scalar may look like that is read as its text, whatever YAML takes it for.
const PLAIN: [&str; 3] = ["string", "number", "boolean"];

/// What a value may be.
fn form(shape: &'static Shape, definitions: &mut Definitions) -> Map<String, Value> {
    object(match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Reason | Shape::Heading | Shape::NonBlank => json!({
            "type": "string",
            "pattern": r"\S",
            "errorMessage": "write at least one word",
        }),
        Shape::Sql => json!({ "type": PLAIN }),
        Shape::FormatVersion => json!({ "const": 1 }),
        Shape::Integer => json!({ "type": "integer", "minimum": 0 }),
        Shape::Percentile => json!({ "type": "number", "minimum": 0, "maximum": 100 }),
        Shape::Version => json!({
            "type": "string",
            "pattern": format!("^{VERSION}$"),
            "errorMessage": "a version is one to four numbers with points between them, in quotes: \"3.30\"",
            "defaultSnippets": [quoted("version", "1.0")],
        }),
        Shape::VersionRange => json!({
            "type": "string",
            "pattern": format!(r"^\s*{VERSION}\s*(\+|-\s*{VERSION})?\s*$"),
            "errorMessage": "write \"3.30\" for all of 3.30.x, \"3.25-3.26\" for a range, or \"3.31+\" \
                             while it is not fixed; in quotes",
            "defaultSnippets": [
                quoted("one version", "1.0"),
                quoted("range of versions", "1.0-1.1"),
                quoted("not fixed yet", "1.0+"),
            ],
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
            let is_set = is_single(item);
            let item = form(item, definitions);
            json!({ "type": "array", "items": item, "minItems": 1, "uniqueItems": is_set })
        }
        Shape::Items(item) => {
            json!({ "type": ["array", "null"], "items": form(item, definitions) })
        }
        Shape::OneOrMany(item) => {
            let is_set = is_single(item);
            let item = form(item, definitions);
            json!({ "anyOf": [
                item,
                { "type": "array", "items": item, "minItems": 1, "uniqueItems": is_set },
            ] })
        }
        Shape::Map(what, value) => {
            let mut named = Map::from_iter([("title".to_owned(), json!(what))]);
            named.extend(form(value, definitions));
            if let Some(doc) = entry_doc(what) {
                named.insert("description".to_owned(), json!(doc));
            }
            json!({
                "type": ["object", "null"],
                "propertyNames": {
                    "title": what,
                    "pattern": r"\S",
                    "errorMessage": "write a name that is not blank",
                },
                "additionalProperties": named,
            })
        }
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

/// Whether an item of a list is one value, of which a list holds each once.
fn is_single(item: &Shape) -> bool {
    matches!(
        item,
        Shape::Text
            | Shape::NonBlank
            | Shape::Integer
            | Shape::Percentile
            | Shape::Scalar
            | Shape::Choice(_)
    )
}

/// The hover text of an entry whose name the registry chooses, where its value has none.
fn entry_doc(what: &str) -> Option<&'static str> {
    Some(match what {
        "table" => {
            "A table of the product that captures may read: its columns by name, each with its type."
        }
        "column" => "A column: its type, or the texts that it may hold: { enum: [a, b] }.",
        "argument" => "An argument: its type, or the texts that it may hold: { enum: [a, b] }.",
        _ => return None,
    })
}

/// A completion that puts the version in quotes.
fn quoted(label: &str, example: &str) -> Value {
    // Editors insert a text that begins with `^` as it is.
    json!({ "label": label, "body": format!("^\"${{1:{example}}}\"") })
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        other => Map::from_iter([("const".to_owned(), other)]),
    }
}
