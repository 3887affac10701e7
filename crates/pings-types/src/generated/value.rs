//! Values of arguments, and the types that can be arguments.

use std::borrow::Cow;

use serde::ser::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::parse_error::ArgumentError;

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// The argument is missing or null.
    Missing,
    /// A text, or a declared value.
    Text(Cow<'a, str>),
    /// An integer.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A list of texts.
    List(Vec<Cow<'a, str>>),
    /// An object, or a list with other values, which is never valid.
    Other,
}

/// A type of arguments.
///
/// Types with declared values do not implement this trait. There may be thousands of these types,
/// so shared functions read and write their values as texts.
pub trait Argument: Default {
    /// Returns the value.
    fn value(&self) -> Value<'_>;

    /// Converts a value to this type.
    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError>;
}

impl Value<'_> {
    pub(super) fn from_json(json: Json) -> Self {
        match json {
            Json::Null => Self::Missing,
            Json::Bool(value) => Self::Boolean(value),
            Json::String(text) => Self::Text(Cow::Owned(text)),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) if value.unsigned_abs() <= MAX_INTEGER => Self::Integer(value),
                (_, Some(value)) => Self::Number(value),
                (_, None) => Self::Other,
            },
            Json::Array(items) => {
                let texts = items.into_iter().map(|item| match item {
                    Json::String(text) => Some(Cow::Owned(text)),
                    _ => None,
                });
                texts.collect::<Option<_>>().map_or(Self::Other, Self::List)
            }
            Json::Object(_) => Self::Other,
        }
    }

    pub(super) fn is_written(&self) -> bool {
        match self {
            Self::Missing | Self::Other => false,
            Self::Number(value) => value.is_finite(),
            Self::Text(_) | Self::Integer(_) | Self::Boolean(_) | Self::List(_) => true,
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing | Self::Other => serializer.serialize_unit(),
            // JSON in PostgreSQL cannot contain a NUL character, which would fail the queries of
            // that week.
            Self::Text(text) if text.contains('\0') => {
                serializer.serialize_str(&text.replace('\0', "\u{fffd}"))
            }
            Self::Text(text) => serializer.serialize_str(text),
            // Declared values have no NUL character.
            Self::List(texts) => serializer.collect_seq(texts),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Boolean(value) => serializer.serialize_bool(*value),
        }
    }
}

impl Argument for String {
    fn value(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Text(text) => Ok(text.into_owned()),
            other => Err(other.mismatch(argument, "a text")),
        }
    }
}

/// The largest integer that all JSON readers represent exactly: 2^53 - 1.
const MAX_INTEGER: u64 = (1 << 53) - 1;

impl Argument for i64 {
    fn value(&self) -> Value<'_> {
        Value::Integer(*self)
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Integer(value) => Ok(value),
            // In JSON, 2.0 is the same number as 2.
            Value::Number(value) if value.fract() == 0.0 && value.abs() <= MAX_INTEGER as f64 => {
                Ok(value as Self)
            }
            other => Err(other.mismatch(argument, "an integer between -(2^53 - 1) and 2^53 - 1")),
        }
    }
}

impl Argument for f64 {
    fn value(&self) -> Value<'_> {
        Value::Number(*self)
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Integer(value) => Ok(value as Self),
            Value::Number(value) => Ok(value),
            other => Err(other.mismatch(argument, "a number")),
        }
    }
}

impl Argument for bool {
    fn value(&self) -> Value<'_> {
        Value::Boolean(*self)
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Boolean(value) => Ok(value),
            other => Err(other.mismatch(argument, "a boolean")),
        }
    }
}

impl<T: Argument> Argument for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Missing, T::value)
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Missing => Ok(None),
            value => T::read(argument, value).map(Some),
        }
    }
}

impl Value<'_> {
    pub(super) fn mismatch(&self, argument: &'static str, expected: &'static str) -> ArgumentError {
        match self {
            Self::Missing => ArgumentError::Missing { argument },
            _ => ArgumentError::WrongType { argument, expected },
        }
    }
}
