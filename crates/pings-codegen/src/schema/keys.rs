//! Limits on single keys that the description of the format does not contain.

use serde_json::{Value, json};

/// The maximum length of a column name in PostgreSQL, in bytes.
const LONGEST_COLUMN: usize = 63;

/// Returns the limits on a key of a record, or an empty object if there are no limits.
pub(super) fn limits(record: &str, key: &str) -> Value {
    match (record, key) {
        ("registry", "name") | ("ping", "id") => json!({
            "pattern": "^[a-z][a-z0-9_]*$",
            "errorMessage": "write this name in snake_case: a to z, 0 to 9 and `_`, starting with a letter",
        }),
        ("links", "code") => placeholder("{code}"),
        ("links", "pr") => placeholder("{pr}"),
        ("metric" | "funnel", "code") => json!({
            "pattern": "[A-Za-z0-9]",
            "errorMessage": "a code needs at least one of a to z, A to Z, 0 to 9",
        }),
        ("funnel", "steps") => json!({
            "minItems": 2,
            "errorMessage": "a funnel is a list of at least two steps",
        }),
        ("SQL capture", _) => json!({
            "pattern": r"^\s*(\(|--|/\*|[Ss][Ee][Ll][Ee][Cc][Tt]\b|[Ww][Ii][Tt][Hh]\b)",
            "errorMessage": "use a single SELECT, or WITH … SELECT, that changes nothing",
        }),
        ("registry", "events") => json!({ "propertyNames": named("event") }),
        ("event", "args") => json!({ "propertyNames": {
            "title": "argument",
            "pattern": r#"^(?!@)(?=.*[A-Za-z0-9])[^"\\]*$"#,
            "errorMessage": "an argument's name has at least one letter or digit, no quotes or \
                             backslashes, and does not begin with `@`",
        } }),
        _ => json!({}),
    }
}

/// Returns the schema for the name of a dimension of a capture.
pub(super) fn dimension_name() -> Value {
    json!({
        "title": "dimension",
        "pattern": "[A-Za-z0-9]",
        "maxLength": LONGEST_COLUMN,
        "errorMessage": format!(
            "a dimension's name has at least one of a to z, A to Z, 0 to 9, and at most {LONGEST_COLUMN} bytes"
        ),
    })
}

fn named(what: &str) -> Value {
    json!({
        "title": what,
        "pattern": "[A-Za-z0-9]",
        "errorMessage": "this name needs at least one of a to z, A to Z, 0 to 9",
    })
}

fn placeholder(placeholder: &str) -> Value {
    let pattern: String = placeholder
        .chars()
        .map(|c| match c {
            '{' | '}' => format!("\\{c}"),
            c => c.to_string(),
        })
        .collect();
    json!({
        "pattern": pattern,
        "errorMessage": format!("insert `{placeholder}` into the address"),
    })
}
