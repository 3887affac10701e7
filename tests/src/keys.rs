//! The keys and words of the format that a registry uses.

use std::collections::BTreeMap;

use pings_model::schema::{REGISTRY, Record, Shape};
use serde_json::Value;

/// The values of each key, named by its record, such as `metric.window`. The words that the format
/// defines have a name of their own, `metric.window: day`.
pub type Keys = BTreeMap<String, Vec<String>>;

/// Returns all keys and words of the format, without those of lints, which have their own fixtures.
#[must_use]
pub fn known() -> Vec<String> {
    let mut known = Vec::new();
    let mut seen = Vec::new();
    records(&REGISTRY, &mut seen, &mut known);
    known
}

/// Returns the keys and words that a registry uses, with their values. A text that is not YAML uses
/// none.
#[must_use]
pub fn used(text: &str) -> Keys {
    let mut keys = Keys::new();
    if let Ok(value) = serde_yaml::from_str::<Value>(text) {
        find(&Shape::Record(&REGISTRY), "", &value, &mut keys);
    }
    keys
}

fn is_of_lints(record: &Record) -> bool {
    matches!(record.name, "table of levels" | "suppression")
}

fn records(record: &'static Record, seen: &mut Vec<&'static Record>, known: &mut Vec<String>) {
    if is_of_lints(record) || seen.iter().any(|it| std::ptr::eq(*it, record)) {
        return;
    }
    seen.push(record);
    for key in record.keys {
        let name = format!("{}.{}", record.name, key.name);
        known.push(name.clone());
        shapes(&key.shape, &name, seen, known);
    }
}

fn shapes(shape: &Shape, name: &str, seen: &mut Vec<&'static Record>, known: &mut Vec<String>) {
    match *shape {
        Shape::Record(record) => records(record, seen, known),
        // A list with these words is refused with advice.
        Shape::Choice(_) if name == "argument.list" => {}
        Shape::Choice(words) => {
            known.extend(words.iter().map(|(word, _)| format!("{name}: {word}")));
        }
        Shape::List(inner) | Shape::Items(inner) | Shape::OneOrMany(inner) => {
            shapes(inner, name, seen, known);
        }
        Shape::Map(what, inner) => shapes(inner, what, seen, known),
        Shape::Either(one, other) => {
            shapes(one, name, seen, known);
            shapes(other, name, seen, known);
        }
        _ => {}
    }
}

fn find(shape: &Shape, name: &str, value: &Value, keys: &mut Keys) {
    match (*shape, value) {
        (Shape::Record(record), Value::Object(members)) if !is_of_lints(record) => {
            for key in record.keys {
                if let Some(value) = members.get(key.name) {
                    let name = format!("{}.{}", record.name, key.name);
                    let values = keys.entry(name.clone()).or_default();
                    values.push(value.to_string());
                    find(&key.shape, &name, value, keys);
                }
            }
        }
        (Shape::Choice(_), Value::String(word)) => {
            let words = keys.entry(format!("{name}: {word}")).or_default();
            words.push(word.clone());
        }
        (Shape::Map(what, inner), Value::Object(members)) => {
            for value in members.values() {
                find(inner, what, value, keys);
            }
        }
        (
            Shape::List(inner) | Shape::Items(inner) | Shape::OneOrMany(inner),
            Value::Array(items),
        ) => {
            for item in items {
                find(inner, name, item, keys);
            }
        }
        (Shape::OneOrMany(inner), _) => find(inner, name, value, keys),
        (Shape::Either(one, other), _) => {
            find(one, name, value, keys);
            find(other, name, value, keys);
        }
        _ => {}
    }
}
