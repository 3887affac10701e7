//! The schema of an event's arguments.

use pings_model::{Argument, ArgumentType, Event};
use serde_json::{Map, Value, json};

use crate::text::one_line;

/// The maximum length of a text, in code points.
const LONGEST_TEXT: u32 = 1024;

/// A text without the NUL character, which databases cannot store.
const TEXT: &str = r"^[^\x00]*$";

/// A version of a build, in the forms that `Version::of_build` reads.
const VERSION: &str = concat!(
    r"^[ \t\n\f\r]*[vV]?(0!)?([0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])",
    r"|[0-9]{1,9}(\.[0-9]{1,9}){0,3}([-+~]|(?=[ \t\n\f\r]*$)|\.(?![xX](?![0-9a-zA-Z]))[a-zA-Z])",
    r"|[0-9]{1,9}(\.[0-9]{1,9}){1,3}[_a-zA-Z])[^\x00]*$"
);

/// The largest number that queries measure.
const LARGEST_NUMBER: f64 = 1e150;

/// The largest integer that JSON represents exactly in every language: 2^53 - 1.
const LARGEST_INTEGER: i64 = 9_007_199_254_740_991;

/// Returns the schema of the object with the arguments. `null` counts as an object without members.
pub(super) fn schema(event: &Event) -> Value {
    let ty = match has_required(&event.args) {
        true => json!("object"),
        false => json!(["object", "null"]),
    };
    let mut schema = object(&event.args);
    schema.insert("type".to_owned(), ty);
    Value::Object(schema)
}

/// Returns the schema of an object with these members.
fn object(args: &[Argument]) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut either = Vec::new();
    for argument in args {
        properties.insert(argument.name.clone(), current(argument));
        for key in &argument.renamed_from {
            properties.insert(key.clone(), older(argument));
        }
        let is_renamed = !argument.renamed_from.is_empty();
        match (argument.optional, is_renamed) {
            (true, _) => {}
            (false, false) => required.push(&argument.name),
            (false, true) => {
                let keys = argument.keys().map(|key| json!({ "required": [key] }));
                either.push(json!({ "anyOf": keys.collect::<Vec<_>>() }));
            }
        }
    }
    let mut schema = Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), Value::Object(properties)),
    ]);
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if !either.is_empty() {
        schema.insert("allOf".to_owned(), json!(either));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// Returns whether one of the arguments is required.
pub(super) fn has_required(args: &[Argument]) -> bool {
    args.iter().any(|argument| !argument.optional)
}

fn current(argument: &Argument) -> Value {
    let mut schema = Map::new();
    let description = argument.description.as_deref().map(one_line);
    if let Some(text) = description.filter(|text| !text.is_empty()) {
        schema.insert("description".to_owned(), json!(text));
    }
    schema.extend(value(argument));
    Value::Object(schema)
}

/// Returns the schema of an argument under a key that older versions of the product used.
fn older(argument: &Argument) -> Value {
    let name = one_line(&argument.name);
    let mut schema = Map::from_iter([
        (
            "description".to_owned(),
            json!(format!("An older name of `{name}`.")),
        ),
        ("deprecated".to_owned(), json!(true)),
    ]);
    schema.extend(value(argument));
    Value::Object(schema)
}

/// Returns the schema of a value. `null` counts as an absent value.
fn value(argument: &Argument) -> Map<String, Value> {
    let mut schema = Map::new();
    let mut put = |key: &str, value: Value| drop(schema.insert(key.to_owned(), value));
    let ty = match &argument.ty {
        ArgumentType::String | ArgumentType::Enum(_) | ArgumentType::Version => "string",
        ArgumentType::Integer => "integer",
        ArgumentType::Number => "number",
        ArgumentType::Boolean => "boolean",
        ArgumentType::List(_) => "array",
        ArgumentType::Object(_) => "object",
    };
    put(
        "type",
        match argument.optional {
            true => json!([ty, "null"]),
            false => json!(ty),
        },
    );
    match &argument.ty {
        ArgumentType::Version => {
            put("maxLength", json!(LONGEST_TEXT));
            put("pattern", json!(VERSION));
        }
        ArgumentType::String => {
            put("maxLength", json!(LONGEST_TEXT));
            put("pattern", json!(TEXT));
        }
        ArgumentType::Integer => {
            put("minimum", json!(-LARGEST_INTEGER));
            put("maximum", json!(LARGEST_INTEGER));
        }
        ArgumentType::Number => {
            put("minimum", json!(-LARGEST_NUMBER));
            put("maximum", json!(LARGEST_NUMBER));
        }
        ArgumentType::Boolean => {}
        ArgumentType::Object(members) => {
            let mut members = object(members);
            members.remove("type");
            schema.extend(members);
        }
        ArgumentType::List(values) => {
            put("items", json!({ "type": "string", "enum": values }));
        }
        ArgumentType::Enum(values) => {
            let mut values: Vec<Value> = values.iter().map(|value| json!(value)).collect();
            if argument.optional {
                values.push(Value::Null);
            }
            put("enum", json!(values));
        }
    }
    schema
}
