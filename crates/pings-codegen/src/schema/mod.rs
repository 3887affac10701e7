//! The JSON Schema of `pings.yaml`, which editors use to complete, explain and check the file.
//!
//! The schema is the same for every registry, because the keys come from the description of the
//! format. [`keys`] and [`conditions`] add checks that do not need the rest of the file. Editors
//! read `errorMessage` and `defaultSnippets`; validators ignore them.

mod conditions;
mod keys;

use std::collections::BTreeMap;

use pings_model::schema::{Key, LARGEST_GROUP, OWN_KEYS, REGISTRY, Record, Shape};
use serde_json::{Map, Value, json};

use crate::{Origin, header};

/// The path of the schema.
pub(crate) const PATH: &str = "docs/pings.schema.json";

/// The pattern of a date.
const DATE: &str = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])";

/// The pattern of a version.
const VERSION: &str = r"[0-9]+(\.[0-9]+){0,3}";

/// Returns the text of the schema.
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

/// Returns the schema of a mapping with known keys. A mapping without required keys may be empty,
/// which YAML reads as null.
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
    let own = format!("^{OWN_KEYS}");
    schema.insert("patternProperties".to_owned(), json!({ own: true }));
    schema.insert("additionalProperties".to_owned(), json!(false));
    let conditions = conditions::conditions(record.name);
    if !conditions.is_empty() {
        schema.insert("allOf".to_owned(), json!(conditions));
    }
    schema
}

/// Returns the schema of a key, with its description.
fn property(record: &Record, key: &'static Key, definitions: &mut Definitions) -> Value {
    let mut schema = Map::new();
    schema.insert("description".to_owned(), json!(key.doc));
    schema.extend(match (key.name, &key.shape) {
        // The values of an enum are texts, but may look like numbers: `[7, 30]`.
        ("enum", Shape::List(_)) => {
            object(json!({ "type": "array", "items": { "type": PLAIN }, "minItems": 1, "uniqueItems": true }))
        }
        (_, shape) => form(shape, definitions),
    });
    schema.extend(object(keys::limits(record.name, key.name)));
    Value::Object(schema)
}

/// The YAML types that are accepted for a text.
const PLAIN: [&str; 3] = ["string", "number", "boolean"];

/// Returns the schema of a value.
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
        Shape::GroupSize => {
            json!({ "type": "integer", "minimum": 2, "maximum": LARGEST_GROUP })
        }
        Shape::Percentile => json!({ "type": "number", "minimum": 0, "maximum": 100 }),
        Shape::Version => json!({
            "type": "string",
            "pattern": format!("^{VERSION}$"),
            "errorMessage": "a version is one to four numbers separated by dots, in quotes: \"3.30\"",
            "defaultSnippets": [quoted("version", "1.0")],
        }),
        Shape::VersionRange => json!({
            "type": "string",
            "pattern": format!(r"^\s*{VERSION}\s*(\+|-\s*{VERSION})?\s*$"),
            "errorMessage": "write \"3.30\" for all of 3.30.x, \"3.25-3.26\" for a range, or \"3.31+\" if it is not fixed yet; in quotes",
            "defaultSnippets": [
                quoted("one version", "1.0"),
                quoted("range of versions", "1.0-1.1"),
                quoted("not fixed yet", "1.0+"),
            ],
        }),
        Shape::VersionOrDate => json!({
            "type": "string",
            "pattern": format!("^({VERSION}|{DATE})$"),
            "errorMessage": "write a version in quotes, \"3.30\", or a date, 2027-01-01",
        }),
        Shape::Date => json!({
            "type": "string",
            "pattern": format!("^{DATE}$"),
            "errorMessage": "write a date: 2027-01-01",
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
            // The fragment of a reference contains no spaces.
            let name = known.name.replace(' ', "-");
            if !definitions.contains_key(&name) {
                // The entry is inserted before its content exists, because a record may contain
                // itself.
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

/// Returns whether an item of a list is a single value, which may occur only once in the list.
fn is_single(item: &Shape) -> bool {
    matches!(
        item,
        Shape::Text
            | Shape::NonBlank
            | Shape::Integer
            | Shape::GroupSize
            | Shape::Percentile
            | Shape::Scalar
            | Shape::Choice(_)
    )
}

/// Returns the hover text of an entry whose name is free, for values without their own hover text.
fn entry_doc(what: &str) -> Option<&'static str> {
    Some(match what {
        "table" => {
            "A table of the product that captures can read: its columns by name, each with its type."
        }
        "column" => "A column: its type, or its allowed texts: { enum: [a, b] }.",
        "argument" => "An argument: its type, or its allowed texts: { enum: [a, b] }.",
        _ => return None,
    })
}

/// Returns a completion that inserts the version with quotes.
fn quoted(label: &str, example: &str) -> Value {
    // Editors insert a text that begins with `^` verbatim.
    json!({ "label": label, "body": format!("^\"${{1:{example}}}\"") })
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(schema) => schema,
        other => Map::from_iter([("const".to_owned(), other)]),
    }
}
