//! The groups of stored rows: the values of the dimensions, as a JSON list.

use pings_sql::Dialect;
use serde_json::Value as Json;

/// Returns an SQL expression for a group as hexadecimal digits. In SQLite a text may hold bytes that
/// are not UTF-8, and digits carry them unchanged.
pub(super) fn digits(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "hex(grp)",
        Dialect::Postgres => "encode(convert_to(grp, 'UTF8'), 'hex')",
    }
}

/// Decodes a group from hexadecimal digits. A text that is not UTF-8 becomes null.
pub(super) fn group_of(digits: &str) -> Option<Json> {
    let bytes = hex::decode(digits).ok()?;
    if let Ok(group) = serde_json::from_slice(&bytes) {
        return Some(group);
    }
    let Json::Array(values) = serde_json::from_str(&String::from_utf8_lossy(&bytes)).ok()? else {
        return None;
    };
    let readable = |value: Json| match value {
        Json::String(text) if text.contains(char::REPLACEMENT_CHARACTER) => Json::Null,
        other => other,
    };
    Some(values.into_iter().map(readable).collect())
}
