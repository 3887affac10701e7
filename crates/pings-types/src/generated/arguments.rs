//! Conversion of event arguments to JSON and back.

use std::borrow::Cow;

use arrayvec::ArrayVec;
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

use super::tables::Keys;
use super::value::{Argument, Value};
use crate::parse_error::ArgumentError;

/// The number of arguments of an event that are stored without an allocation. More are rare.
const FEW: usize = 4;

/// The arguments of an event, in registry order.
#[derive(Debug, Default)]
pub struct Arguments<'a> {
    few: ArrayVec<Value<'a>, FEW>,
    /// The remaining values.
    rest: Vec<Value<'a>>,
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

    /// Adds a list of declared values.
    pub fn push_list<T: Copy>(&mut self, values: &[T], text: fn(T) -> &'static str) {
        let texts = values.iter().map(|value| Cow::Borrowed(text(*value)));
        self.push_value(Value::List(texts.collect()));
    }

    /// Adds an optional list of declared values.
    pub fn push_optional_list<T: Copy>(
        &mut self,
        values: Option<&[T]>,
        text: fn(T) -> &'static str,
    ) {
        match values {
            Some(values) => self.push_list(values, text),
            None => self.push_value(Value::Missing),
        }
    }

    // Inlining would duplicate the code for each kind of event.
    #[inline(never)]
    fn push_value(&mut self, value: Value<'a>) {
        if let Err(full) = self.few.try_push(value) {
            self.rest.push(full.element());
        }
    }

    /// Returns the values.
    pub fn iter(&self) -> impl Iterator<Item = &Value<'a>> {
        self.few.iter().chain(&self.rest)
    }

    /// Returns the values for reading.
    pub(super) fn into_values(self) -> impl Iterator<Item = Value<'a>> {
        self.few.into_iter().chain(self.rest)
    }

    /// Reads the members of a JSON object with these keys or previous keys. An empty text has no
    /// arguments.
    pub fn from_json(text: &str, keys: Keys<'_>) -> Result<Self, ArgumentError> {
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
        let mut arguments = Self::default();
        for (place, _) in (0..).zip(keys.paths) {
            let (objects, key) = keys.of(place);
            let object = objects
                .iter()
                .try_fold(&mut json, |object, key| object.get_mut(key));
            let mut empty = Json::Null;
            let object = object.unwrap_or(&mut empty);
            let mut take = |key: &str| object.get_mut(key).map_or(Json::Null, Json::take);
            let mut value = take(key);
            for (_, _, old) in keys.old.iter().filter(|(_, of, _)| *of == place) {
                if value.is_null() {
                    value = take(old);
                }
            }
            arguments.push_value(Value::from_json(value));
        }
        Ok(arguments)
    }

    /// Writes an object with these keys. Omits missing values, numbers that JSON cannot represent,
    /// and objects without members.
    pub fn serialize<S: Serializer>(
        &self,
        keys: Keys<'_>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if !keys.objects.is_empty() {
            let written = (0..).zip(self.iter()).filter(|(_, it)| it.is_written());
            let members: Vec<_> = written
                .map(|(place, value)| {
                    let (mut path, key) = keys.of(place);
                    path.push(key);
                    (path, value)
                })
                .collect();
            let depth = 0;
            return Object {
                members: &members,
                depth,
            }
            .serialize(serializer);
        }
        let mut object = serializer.serialize_map(None)?;
        for (key, value) in keys.paths.iter().zip(self.iter()) {
            if value.is_written() {
                object.serialize_entry(key, value)?;
            }
        }
        object.end()
    }
}

/// An object that contains objects. The members of each inner object are neighbours.
struct Object<'m, 'a> {
    /// The values, each with the keys of the objects that contain it and its own key.
    members: &'m [(Vec<&'m str>, &'m Value<'a>)],
    /// The number of keys that lead to this object.
    depth: usize,
}

impl Serialize for Object<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let depth = self.depth;
        let mut object = serializer.serialize_map(None)?;
        let is_together = |one: &(Vec<&str>, _), next: &(Vec<&str>, _)| {
            one.0.len() > depth + 1 && one.0.get(depth) == next.0.get(depth)
        };
        for members in self.members.chunk_by(is_together) {
            let Some((path, value)) = members.first() else {
                continue;
            };
            let key = path.get(depth).copied().unwrap_or_default();
            if path.len() == depth + 1 {
                object.serialize_entry(key, value)?;
            } else {
                let depth = depth + 1;
                object.serialize_entry(key, &Object { members, depth })?;
            }
        }
        object.end()
    }
}

#[cfg(test)]
mod tests;
