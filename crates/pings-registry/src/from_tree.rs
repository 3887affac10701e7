//! Reads the values of the syntax tree with serde.

use std::borrow::Cow;
use std::fmt;
use std::iter;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use crate::source::Span;
use crate::tree::{Content, Node};

/// Reads a value that passed the schema check.
pub(crate) fn read<'de, T: Deserialize<'de>>(node: &'de Node<'de>) -> Result<T, Unreadable> {
    T::deserialize(node).map_err(|error| Unreadable {
        message: error.message,
        span: error.span.or_else(|| Some(node.head())),
    })
}

/// A value that serde cannot read.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) message: String,
    /// The place of the value.
    pub(crate) span: Option<Span>,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self {
            message: message.to_string(),
            span: None,
        }
    }
}

impl<'de> Node<'de> {
    /// Returns the text of a scalar as a value of another type.
    fn parsed<T: std::str::FromStr>(&self, expected: &str) -> Result<T, Unreadable> {
        let value = self.text().and_then(|text| text.parse().ok());
        value.ok_or_else(|| Unreadable {
            message: format!("expected {expected}"),
            span: Some(self.span),
        })
    }
}

impl<'de> IntoDeserializer<'de, Unreadable> for &'de Node<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for &'de Node<'de> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match &self.content {
            Content::Scalar { .. } if self.is_null() => visitor.visit_unit(),
            Content::Scalar { text, .. } => visitor.visit_borrowed_str(text),
            Content::List(items) => visitor.visit_seq(SeqDeserializer::new(items.iter())),
            Content::Mapping(entries) => {
                let entries = entries.iter();
                let entries = entries.map(|entry| (Cow::as_ref(&entry.key), &entry.value));
                visitor.visit_map(MapDeserializer::new(entries))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.is_null() {
            true => visitor.visit_none(),
            false => visitor.visit_some(self),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.parsed("true or false")?)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_u64(self.parsed("a whole number")?)
    }

    /// A list without a value is empty.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.is_null() {
            true => visitor.visit_seq(SeqDeserializer::new(self.items().iter())),
            false => self.deserialize_any(visitor),
        }
    }

    /// A mapping without a value is empty.
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.is_null() {
            true => visitor.visit_map(MapDeserializer::new(iter::empty::<(&str, Self)>())),
            false => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        newtype_struct tuple tuple_struct enum identifier
    }
}
