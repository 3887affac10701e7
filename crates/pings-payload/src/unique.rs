//! Parsing of JSON without duplicate keys.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value as Json};

use crate::budget::Budget;

/// The overhead of an allocation, in bytes.
pub(crate) const ALLOCATION: usize = 16;

/// The memory of a list item. The capacity of a list doubles as it grows.
const ITEM: usize = 2 * size_of::<Json>();

/// The overhead of a list that is not empty, because the first item reserves more capacity.
const LIST: usize = 2 * ITEM + ALLOCATION;

/// The memory of a member: the key, the value and its hash, doubled for reserved capacity.
const MEMBER: usize = 2 * (size_of::<Json>() + size_of::<String>() + 2 * size_of::<usize>());

/// The overhead of an object that is not empty.
const OBJECT: usize = MEMBER;

/// The maximum number of characters of a key in an error message.
const SHOWN: usize = 40;

/// Deserializes JSON and rejects duplicate keys, because they are ambiguous.
#[derive(Clone, Copy)]
pub(crate) struct Unique<'b>(pub(crate) &'b Budget);

impl Unique<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        match self.0.take(bytes) {
            true => Ok(()),
            false => Err(E::custom(self.0.reason())),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Unique<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Unique<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(value.into())
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Json, E> {
        self.take(value.len() + ALLOCATION)?;
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            if list.is_empty() {
                self.take(LIST)?;
            }
            self.take(ITEM)?;
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            if object.is_empty() {
                self.take(OBJECT)?;
            }
            self.take(MEMBER + ALLOCATION + key.len())?;
            if object.contains_key(&key) {
                let shown: String = key.chars().take(SHOWN).collect();
                return Err(A::Error::custom(format!("duplicate key {shown:?}")));
            }
            let value = members.next_value_seed(self)?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}
