//! Parsing of texts of enums.

use serde::de::{Deserialize, Deserializer, Error};

use crate::unknown_value::UnknownValue;

/// Returns the value with this text.
///
/// # Errors
///
/// Returns an error if no value has the text.
#[inline]
pub fn parse_text<T: Copy>(
    values: &[T],
    texts: &'static [&'static str],
    text: &str,
) -> Result<T, UnknownValue> {
    text_index(texts, text).map(|index| values[index])
}

/// Deserializes a value from its text.
///
/// # Errors
///
/// Returns an error if the input is not a text, or not the text of a value.
pub fn deserialize_text<'de, T: Copy, D: Deserializer<'de>>(
    values: &[T],
    texts: &'static [&'static str],
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_text(values, texts, &text).map_err(D::Error::custom)
}

fn text_index(texts: &'static [&'static str], text: &str) -> Result<usize, UnknownValue> {
    let index = texts.iter().position(|other| *other == text);
    index.ok_or_else(|| UnknownValue::new(text, texts))
}
