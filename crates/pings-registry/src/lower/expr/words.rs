//! Names of types in messages.

use pings_model::ValueType;

/// Returns a type with its article: "a number".
pub(in crate::lower) fn a(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer => "an integer",
        ValueType::Number => "a number",
        ValueType::Text => "text",
        ValueType::Boolean => "a boolean",
        ValueType::Timestamp => "a time",
        ValueType::Json => "a JSON document",
        ValueType::Null => "NULL",
    }
}

pub(super) fn plural(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer | ValueType::Number => "numbers",
        ValueType::Text => "texts",
        ValueType::Boolean => "booleans",
        ValueType::Timestamp => "times",
        ValueType::Json => "JSON documents",
        ValueType::Null => "NULL",
    }
}
