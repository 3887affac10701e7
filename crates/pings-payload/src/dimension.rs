//! Values of dimensions of events, which queries return as texts.

use pings_model::ValueType;
use serde_json::{Number, Value as Json};

/// Returns the value of a dimension from the text of a query. A text that does not hold a value of the
/// type, such as `@other`, stays a text.
///
/// ```
/// use pings_model::ValueType;
/// use pings_payload::dimension_value;
///
/// assert_eq!(dimension_value("10", ValueType::Integer), 10);
/// assert_eq!(dimension_value("0.5", ValueType::Number), 0.5);
/// assert_eq!(dimension_value("true", ValueType::Boolean), true);
/// assert_eq!(dimension_value("@other", ValueType::Integer), "@other");
/// assert_eq!(dimension_value("10", ValueType::Text), "10");
/// ```
#[must_use]
pub fn dimension_value(text: &str, holds: ValueType) -> Json {
    let value = match holds {
        ValueType::Boolean => text.parse().ok().map(Json::Bool),
        ValueType::Integer | ValueType::Number => number(text).map(Json::Number),
        _ => None,
    };
    value.unwrap_or_else(|| text.into())
}

/// Parses a number. A number without a fraction is an integer, whatever the type of its argument is.
fn number(text: &str) -> Option<Number> {
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => Number::from_f64(text.parse().ok()?),
    }
}
