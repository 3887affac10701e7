//! The parts of which conditions are built.

use serde_json::{Value, json};

/// Returns a condition that exactly one of the keys is there.
pub(super) fn one_of(keys: &[&str], message: &str) -> Vec<Value> {
    let keys: Vec<Value> = keys.iter().map(|key| has(key)).collect();
    vec![json!({ "oneOf": keys, "errorMessage": message })]
}

/// Returns a condition that `measure` is one of these words or a list that contains one of them.
pub(super) fn measures(words: &[&str]) -> Value {
    json!({ "anyOf": [
        { "type": "string", "enum": words },
        { "type": "array", "contains": { "enum": words } },
    ] })
}

pub(super) fn has(key: &str) -> Value {
    json!({ "required": [key] })
}

pub(super) fn is(key: &str, word: &str) -> Value {
    json!({ "required": [key], "properties": { key: { "const": word } } })
}

pub(super) fn when(condition: Value, then: Value) -> Value {
    json!({ "if": condition, "then": then })
}

pub(super) fn otherwise(condition: Value, then: Value) -> Value {
    json!({ "if": condition, "then": true, "else": then })
}

pub(super) fn all<const N: usize>(conditions: [Value; N]) -> Value {
    json!({ "allOf": conditions.as_slice() })
}

pub(super) fn needs(key: &str) -> Value {
    json!({ "required": [key] })
}

/// Returns a condition that a key is absent. Editors show the message for a wrong type, but not for
/// a plain `false`.
pub(super) fn without(key: &str, message: &str) -> Value {
    json!({ "properties": { key: { "type": "null", "errorMessage": message } } })
}

/// Returns a condition that `measure` contains only these words.
pub(super) fn only(words: &[&str], message: &str) -> Value {
    let word = json!({ "enum": words, "errorMessage": message });
    json!({ "properties": { "measure": {
        "if": { "type": "string" },
        "then": word,
        "else": { "items": word },
    } } })
}

pub(super) fn kind(key: &str, ty: &str, message: &str) -> Value {
    let ty = match ty {
        "scalar" => json!(["string", "number", "boolean"]),
        ty => json!(ty),
    };
    json!({ "properties": { key: { "type": ty, "errorMessage": message } } })
}
