//! Conversion of event arguments to JSON and back.

use std::borrow::Cow;

use serde::ser::{SerializeMap, Serializer};
use serde_json::Value as Json;

use super::value::{Argument, Value};
use crate::parse_error::ArgumentError;

/// The number of arguments of an event that are stored without an allocation. More are rare.
const FEW: usize = 4;

/// The arguments of an event, in registry order.
#[derive(Debug)]
pub struct Arguments<'a> {
    few: [Value<'a>; FEW],
    /// The number of used elements of `few`.
    count: usize,
    /// The remaining values.
    rest: Vec<Value<'a>>,
}

impl Default for Arguments<'_> {
    fn default() -> Self {
        Self {
            few: [const { Value::Missing }; FEW],
            count: 0,
            rest: Vec::new(),
        }
    }
}

impl PartialEq for Arguments<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a> Arguments<'a> {
    /// Adds an argument.
    #[inline(never)]
    pub fn push(&mut self, argument: &'a impl Argument) {
        self.push_value(argument.value());
    }

    /// Adds an argument with a declared value.
    pub fn push_choice(&mut self, text: &'static str) {
        self.push_value(Value::Text(Cow::Borrowed(text)));
    }

    /// Adds an optional argument with a declared value.
    pub fn push_optional_choice(&mut self, text: Option<&'static str>) {
        self.push_value(text.map_or(Value::Missing, |text| Value::Text(Cow::Borrowed(text))));
    }

    // Inlining would duplicate the code for each kind of event.
    #[inline(never)]
    fn push_value(&mut self, value: Value<'a>) {
        match self.few.get_mut(self.count) {
            Some(place) => {
                *place = value;
                self.count += 1;
            }
            None => self.rest.push(value),
        }
    }

    /// Returns the values.
    pub fn iter(&self) -> impl Iterator<Item = &Value<'a>> {
        self.few[..self.count].iter().chain(&self.rest)
    }

    /// Returns the values for reading.
    pub(super) fn into_values(self) -> impl Iterator<Item = Value<'a>> {
        self.few.into_iter().take(self.count).chain(self.rest)
    }

    /// Reads the members of a JSON object with these keys or previous keys. An empty text has no
    /// arguments.
    pub fn from_json(
        text: &str,
        keys: &[&str],
        old_keys: &[(u32, u32, &str)],
    ) -> Result<Self, ArgumentError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        // `parse` is already compiled in serde_json, and `from_str` would be compiled again here.
        let mut json: Json = text
            .parse()
            .map_err(|error: serde_json::Error| ArgumentError::Json(error.to_string()))?;
        if !json.is_object() {
            return Err(ArgumentError::NotAnObject);
        }
        let mut take = |key: &str| json.get_mut(key).map_or(Json::Null, Json::take);
        let mut arguments = Self::default();
        for (place, key) in (0..).zip(keys) {
            let mut value = take(key);
            for (_, _, old) in old_keys.iter().filter(|(_, of, _)| *of == place) {
                if value.is_null() {
                    value = take(old);
                }
            }
            arguments.push_value(Value::from_json(value));
        }
        Ok(arguments)
    }

    /// Writes an object with these keys. Omits missing values and numbers that JSON cannot
    /// represent.
    pub fn serialize<S: Serializer>(
        &self,
        keys: &[&str],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        for (key, value) in keys.iter().zip(self.iter()) {
            if value.is_written() {
                object.serialize_entry(key, value)?;
            }
        }
        object.end()
    }
}

#[cfg(test)]
mod tests;
