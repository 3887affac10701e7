//! Numbers in answers.

use serde_json::Value as Json;

/// Returns a number as JSON, as an integer if possible.
#[must_use]
pub fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Json::from(value as i64)
    } else {
        Json::from(value)
    }
}
