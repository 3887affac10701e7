//! Checks the arguments of events against their declarations.

use std::collections::BTreeMap;

use pings_model::{Argument, ArgumentType, Event, Version};
use serde_json::{Map, Value as Json};

use super::finding::{ArgumentFault, Finding};
use super::similar::by_spelling;

/// The largest integer up to which all integers are exact in JSON: 2^53 - 1.
const LARGEST_INTEGER: i64 = (1 << 53) - 1;

/// The largest number that queries measure. Squares of such numbers can still be summed up.
const LARGEST_NUMBER: f64 = 1e150;

/// In a longer list of values, comparing each value with a misspelled one takes too long.
const MOST_COMPARED: usize = 100;

/// A key that fewer than one in this many rows have may be something that a user typed.
const COMMON: u64 = 20;

/// The minimum number of rows that must have a key before the key is named.
const FEW: u64 = 3;

/// The faults in the arguments of an event.
#[derive(Default)]
pub(super) struct Faults {
    rows: u64,
    found: BTreeMap<ArgumentFault, Sightings>,
}

struct Sightings {
    count: u64,
    last_seen: String,
    row: i64,
}

impl Faults {
    /// Checks the arguments of a row.
    pub(super) fn look(&mut self, event: &Event, argument: &str, row: i64, at: &str) {
        self.rows += 1;
        for fault in faults(event, argument) {
            let seen = self.found.entry(fault).or_insert(Sightings {
                count: 0,
                last_seen: String::new(),
                row,
            });
            seen.count += 1;
            seen.row = row;
            if at > seen.last_seen.as_str() {
                at.clone_into(&mut seen.last_seen);
            }
        }
    }

    /// Returns the findings. Undeclared keys that few rows have are combined into a single finding
    /// without their names.
    pub(super) fn findings(self, event: &Event) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut rare: Option<Sightings> = None;
        for (fault, seen) in self.found {
            let is_rare = seen.count < FEW || seen.count * COMMON < self.rows;
            if is_rare && matches!(fault, ArgumentFault::UndeclaredKey { .. }) {
                let before = rare.get_or_insert(Sightings {
                    count: 0,
                    last_seen: String::new(),
                    row: seen.row,
                });
                before.count += seen.count;
                before.row = before.row.max(seen.row);
                before.last_seen = std::mem::take(&mut before.last_seen).max(seen.last_seen);
            } else {
                findings.push(finding(event, fault, seen, self.rows));
            }
        }
        if let Some(mut seen) = rare {
            // A row may have several rare keys.
            seen.count = seen.count.min(self.rows);
            let fault = ArgumentFault::UndeclaredKey { key: None };
            findings.push(finding(event, fault, seen, self.rows));
        }
        findings
    }
}

fn finding(event: &Event, fault: ArgumentFault, seen: Sightings, of: u64) -> Finding {
    Finding::Argument {
        event: event.name.clone(),
        fault,
        count: seen.count,
        of,
        last_seen: seen.last_seen,
        row: seen.row,
    }
}

/// Returns the faults in the arguments of a row.
pub(crate) fn faults(event: &Event, argument: &str) -> Vec<ArgumentFault> {
    let object = match serde_json::from_str::<Json>(argument) {
        Ok(Json::Object(object)) => object,
        // A missing argument is treated as an empty object.
        Ok(Json::Null) => Map::new(),
        _ if argument.trim().is_empty() => Map::new(),
        _ => return vec![ArgumentFault::NoObject],
    };
    argument_faults(event, &object)
}

/// Returns the faults in the arguments of an event, in the order of their declarations.
#[must_use]
pub fn argument_faults(event: &Event, object: &Map<String, Json>) -> Vec<ArgumentFault> {
    faults_in(&event.args, object, "")
}

/// Returns the faults in the members of an object. `before` is the path of the object, with a dot.
fn faults_in(args: &[Argument], object: &Map<String, Json>, before: &str) -> Vec<ArgumentFault> {
    let mut faults = Vec::new();
    for declared in args {
        let path = format!("{before}{}", declared.name);
        // A query reads the value of the first key, but the values of all keys are logged.
        let values = declared.keys().filter_map(|key| object.get(key));
        let values: Vec<&Json> = values.filter(|value| !value.is_null()).collect();
        if values.is_empty() && !declared.optional {
            faults.push(ArgumentFault::Missing(path.clone()));
        }
        for value in values {
            match (&declared.ty, value) {
                (ArgumentType::Object(members), Json::Object(object)) => {
                    faults.extend(faults_in(members, object, &format!("{path}.")));
                }
                _ => faults.extend(fault(declared, &path, value)),
            }
        }
    }
    let is_declared = |key: &str| args.iter().any(|it| it.keys().any(|known| known == key));
    let undeclared = object.keys().filter(|key| !is_declared(key));
    faults.extend(undeclared.map(|key| ArgumentFault::UndeclaredKey {
        key: Some(format!("{before}{key}")),
    }));
    faults
}

fn fault(declared: &Argument, path: &str, value: &Json) -> Option<ArgumentFault> {
    let wrong = |word: &'static str| {
        Some(ArgumentFault::WrongKind {
            argument: path.to_owned(),
            declared: word,
            found: kind(value),
        })
    };
    match (&declared.ty, value) {
        (ArgumentType::String, Json::String(_)) | (ArgumentType::Boolean, Json::Bool(_)) => None,
        (ArgumentType::Version, Json::String(text)) if Version::reduced(text).is_some() => None,
        (ArgumentType::Number, Json::Number(number)) => {
            let is_measured = number
                .as_f64()
                .is_some_and(|number| number.abs() <= LARGEST_NUMBER);
            if is_measured { None } else { wrong("a number") }
        }
        (ArgumentType::Integer, Json::Number(number)) => {
            let whole = number.as_i64().or_else(|| {
                let number = number.as_f64()?;
                (number.fract() == 0.0 && number.abs() < 1e16).then_some(number as i64)
            });
            match whole {
                Some(whole) if (-LARGEST_INTEGER..=LARGEST_INTEGER).contains(&whole) => None,
                _ => wrong("an integer"),
            }
        }
        (ArgumentType::Enum(values), Json::String(text)) => undeclared(path, values, text),
        (ArgumentType::List(values), Json::Array(items)) => {
            items.iter().find_map(|item| match item {
                Json::String(text) => undeclared(path, values, text),
                _ => Some(ArgumentFault::WrongKind {
                    argument: path.to_owned(),
                    declared: "a list of strings",
                    found: "a list with other values",
                }),
            })
        }
        (ArgumentType::String, _) => wrong("a string"),
        (ArgumentType::Boolean, _) => wrong("a boolean"),
        (ArgumentType::Number, _) => wrong("a number"),
        (ArgumentType::Integer, _) => wrong("an integer"),
        (ArgumentType::Version, _) => wrong("a version"),
        (ArgumentType::Object(_), _) => wrong("an object"),
        (ArgumentType::Enum(_), _) => wrong("one of a few strings"),
        (ArgumentType::List(_), _) => wrong("a list of strings"),
    }
}

/// Returns the fault of a text that is not declared.
fn undeclared(path: &str, values: &[String], text: &String) -> Option<ArgumentFault> {
    if values.contains(text) {
        return None;
    }
    Some(ArgumentFault::UndeclaredValue {
        argument: path.to_owned(),
        near: match values.len() <= MOST_COMPARED {
            true => by_spelling(text, values),
            false => None,
        },
    })
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(number) if number.is_f64() => "a number",
        Json::Number(_) => "an integer",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use pings_model::{Argument, ArgumentType, Event};

    use super::{Faults, faults};
    use crate::live_check::finding::{ArgumentFault, Finding};

    fn event() -> Event {
        let argument = |name: &str, ty, optional| Argument {
            name: name.to_owned(),
            renamed_from: Vec::new(),
            description: None,
            ty,
            optional,
            values_file: None,
        };
        let kinds = ArgumentType::Enum(vec!["search".to_owned(), "langStats".to_owned()]);
        Event {
            name: "Added".to_owned(),
            description: None,
            renamed_from: Vec::new(),
            search: None,
            args: vec![
                argument("kind", kinds, false),
                argument("size", ArgumentType::Integer, true),
                argument("share", ArgumentType::Number, true),
                argument("public", ArgumentType::Boolean, true),
                Argument {
                    renamed_from: vec!["label".to_owned()],
                    ..argument("title", ArgumentType::String, true)
                },
            ],
        }
    }

    #[test]
    fn arguments_are_held_to_their_declarations() {
        let value = |near: Option<&str>| ArgumentFault::UndeclaredValue {
            argument: "kind".to_owned(),
            near: near.map(str::to_owned),
        };
        let wrong = |argument: &str, declared, found| ArgumentFault::WrongKind {
            argument: argument.to_owned(),
            declared,
            found,
        };
        for (argument, expected) in [
            (
                r#"{"kind":"search","size":3,"share":2,"public":true,"title":"x"}"#,
                vec![],
            ),
            (r#"{"kind":"search","size":3.0,"share":null}"#, vec![]),
            (r#"{"kind":"search","label":"x","title":null}"#, vec![]),
            (
                r#"{"kind":"search","label":7}"#,
                vec![wrong("title", "a string", "an integer")],
            ),
            ("", vec![ArgumentFault::Missing("kind".to_owned())]),
            ("null", vec![ArgumentFault::Missing("kind".to_owned())]),
            ("[1]", vec![ArgumentFault::NoObject]),
            ("{", vec![ArgumentFault::NoObject]),
            (r#"{"kind":"lang-stats"}"#, vec![value(Some("langStats"))]),
            (r#"{"kind":"Jane Doe"}"#, vec![value(None)]),
            (
                r#"{"kind":1,"size":2.5,"share":"1","public":0,"title":[]}"#,
                vec![
                    wrong("kind", "one of a few strings", "an integer"),
                    wrong("size", "an integer", "a number"),
                    wrong("share", "a number", "a string"),
                    wrong("public", "a boolean", "an integer"),
                    wrong("title", "a string", "a list"),
                ],
            ),
            (
                r#"{"kind":"search","share":-1e200}"#,
                vec![wrong("share", "a number", "a number")],
            ),
            (
                r#"{"kind":"search","size":9007199254740992}"#,
                vec![wrong("size", "an integer", "an integer")],
            ),
        ] {
            assert_eq!(faults(&event(), argument), expected, "{argument}");
        }
    }

    #[test]
    fn keys_that_users_may_have_typed_are_not_repeated() {
        let event = event();
        let mut all = Faults::default();
        for row in 0..100 {
            let argument = match row {
                0 => r#"{"kind":"search","jane@example.com":1}"#.to_owned(),
                1 => r#"{"kind":"search","bob":1}"#.to_owned(),
                _ => r#"{"kind":"search","series":1}"#.to_owned(),
            };
            all.look(&event, &argument, row, "2021-01-25T00:00:00Z");
        }
        let findings = all.findings(&event);
        let told: Vec<_> = findings
            .iter()
            .filter_map(|finding| match finding {
                Finding::Argument {
                    fault: ArgumentFault::UndeclaredKey { key },
                    count,
                    row,
                    ..
                } => Some((key.as_deref(), *count, *row)),
                _ => None,
            })
            .collect();
        assert_eq!(told, [(Some("series"), 98, 99), (None, 2, 1)]);
    }
}
