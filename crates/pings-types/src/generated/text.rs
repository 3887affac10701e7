//! Parsing of texts of enums.

use serde::de::{Deserialize, Deserializer, Error};

use crate::unknown_value::UnknownValue;

/// The texts of the values of an enum.
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    texts: &'static [&'static str],
    /// The places of the texts in the order of the texts, or no places if the texts are few.
    sorted: &'static [u32],
}

impl Texts {
    /// Returns the texts of an enum that is so short that a search compares one after the other.
    #[must_use]
    pub const fn short(texts: &'static [&'static str]) -> Self {
        Self { texts, sorted: &[] }
    }

    /// Returns the texts of a long enum, with their places in the order of the texts.
    #[must_use]
    pub const fn long(texts: &'static [&'static str], sorted: &'static [u32]) -> Self {
        Self { texts, sorted }
    }

    /// Returns the text of the value at this place.
    #[must_use]
    pub fn text(&self, place: usize) -> &'static str {
        self.texts[place]
    }

    /// Returns the place of the value with this text.
    pub(super) fn place(&self, text: &str) -> Option<usize> {
        if self.sorted.is_empty() {
            return self.texts.iter().position(|other| *other == text);
        }
        let at = |place: &u32| self.texts[*place as usize];
        let found = self.sorted.binary_search_by(|place| at(place).cmp(text));
        found.ok().map(|index| self.sorted[index] as usize)
    }
}

/// Returns the value with this text.
///
/// # Errors
///
/// Returns an error if no value has the text.
#[inline]
pub fn parse_text<T: Copy>(values: &[T], texts: &Texts, text: &str) -> Result<T, UnknownValue> {
    place_of(texts, text).map(|place| values[place])
}

/// Deserializes a value from its text.
///
/// # Errors
///
/// Returns an error if the input is not a text, or not the text of a value.
pub fn deserialize_text<'de, T: Copy, D: Deserializer<'de>>(
    values: &[T],
    texts: &Texts,
    deserializer: D,
) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    parse_text(values, texts, &text).map_err(D::Error::custom)
}

fn place_of(texts: &Texts, text: &str) -> Result<usize, UnknownValue> {
    let place = texts.place(text);
    place.ok_or_else(|| UnknownValue::new(text, texts.texts))
}

#[cfg(test)]
mod tests {
    use super::{Texts, parse_text};

    #[test]
    fn long_enums_are_parsed_as_short_ones_are() {
        let texts: Vec<&str> = (0..1_500)
            .map(|number| &*format!("word {}", number * 7 % 1_500).leak())
            .collect();
        let mut sorted: Vec<u32> = (0..1_500).collect();
        sorted.sort_by_key(|place| texts[*place as usize]);
        let values: Vec<usize> = (0..1_500).collect();
        let texts: &[&str] = texts.leak();
        let (short, long) = (Texts::short(texts), Texts::long(texts, sorted.leak()));
        for (place, text) in texts.iter().enumerate() {
            assert_eq!(parse_text(&values, &long, text), Ok(place));
            assert_eq!(long.text(place), *text);
        }
        for unknown in ["", "word", "word 1500", "wore", "\u{10ffff}"] {
            let error = parse_text(&values, &long, unknown).unwrap_err();
            assert_eq!(Err(error.clone()), parse_text(&values, &short, unknown));
            assert_eq!((error.value(), error.values()), (unknown, texts));
        }
    }
}
