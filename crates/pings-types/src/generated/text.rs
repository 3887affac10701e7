//! Parsing of texts of enums.

use serde::de::{Deserialize, Deserializer, Error};

use crate::unknown_value::UnknownValue;

/// Returns the index of a text.
///
/// # Errors
///
/// Returns an error if the text is not in this list.
pub fn text_index(texts: &'static [&'static str], text: &str) -> Result<usize, UnknownValue> {
    let index = texts.iter().position(|other| *other == text);
    index.ok_or_else(|| UnknownValue::new(text, texts))
}

/// Deserializes the index of a text.
///
/// # Errors
///
/// Returns an error if the value is not a text, or none of these.
pub fn deserialize_text<'de, D: Deserializer<'de>>(
    texts: &'static [&'static str],
    deserializer: D,
) -> Result<usize, D::Error> {
    let text = String::deserialize(deserializer)?;
    text_index(texts, &text).map_err(D::Error::custom)
}
