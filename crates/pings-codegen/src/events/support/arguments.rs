//! What events are logged with, on its way to JSON and back.

use std::borrow::Cow;
use std::fmt;

use serde_json::Value as Json;

/// The arguments of one event, by their keys.
#[derive(Debug, Default)]
pub(crate) struct Arguments<'a> {
    values: Vec<(Cow<'a, str>, Value<'a>)>,
    error: Option<ArgumentError>,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// The argument is not there, or null.
    Missing,
    /// A text, or one of an argument's values.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A list or an object, which no argument may be.
    Other,
}

/// A type that arguments have.
pub(crate) trait Argument: Sized {
    /// The argument's value.
    fn value(&self) -> Value<'_>;

    /// The argument of that value.
    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError>;

    /// What stands for an argument that could not be read, until that is told.
    fn placeholder() -> Self;
}

/// A type of arguments that are one of a few texts.
///
/// There may be thousands of such types, so they are read and written by
/// functions that know none of them.
pub(crate) trait Choice: Copy + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// The text of each.
    const TEXTS: &'static [&'static str];
}

impl<'a> Arguments<'a> {
    /// Adds an argument.
    pub(crate) fn push(&mut self, argument: &'static str, value: &'a impl Argument) {
        self.push_value(argument, value.value());
    }

    /// Adds an argument that is one of a few texts.
    pub(crate) fn push_choice(&mut self, argument: &'static str, text: &'static str) {
        self.push_value(argument, Value::Text(Cow::Borrowed(text)));
    }

    /// Adds an argument that is one of a few texts, or missing.
    pub(crate) fn push_optional_choice(
        &mut self,
        argument: &'static str,
        text: Option<&'static str>,
    ) {
        let value = text.map_or(Value::Missing, |text| Value::Text(Cow::Borrowed(text)));
        self.push_value(argument, value);
    }

    fn push_value(&mut self, argument: &'static str, value: Value<'a>) {
        self.values.push((Cow::Borrowed(argument), value));
    }

    /// Takes an argument out. If it is not as it should be, [`Self::finish`] will tell.
    pub(crate) fn read<T: Argument>(&mut self, argument: &'static str) -> T {
        T::read(argument, self.take(argument)).unwrap_or_else(|error| {
            self.error.get_or_insert(error);
            T::placeholder()
        })
    }

    /// Takes an argument out that is one of a few texts.
    pub(crate) fn read_choice<T: Choice>(&mut self, argument: &'static str) -> T {
        T::ALL[self.place(argument, T::TEXTS)]
    }

    /// Takes an argument out that is one of a few texts, or missing.
    pub(crate) fn read_optional_choice<T: Choice>(&mut self, argument: &'static str) -> Option<T> {
        let is_missing = self
            .get(argument)
            .is_none_or(|value| *value == Value::Missing);
        (!is_missing).then(|| self.read_choice(argument))
    }

    /// Takes an argument out: its place among the texts that it may be.
    fn place(&mut self, argument: &'static str, texts: &[&str]) -> usize {
        let error = match self.take(argument) {
            Value::Text(text) => match texts.iter().position(|choice| *choice == text) {
                Some(place) => return place,
                None => ArgumentError::Undeclared {
                    argument,
                    value: text.into_owned(),
                },
            },
            other => other.mismatch(argument, "a text"),
        };
        self.error.get_or_insert(error);
        0
    }

    fn take(&mut self, argument: &str) -> Value<'a> {
        self.get(argument).map_or(Value::Missing, |value| {
            std::mem::replace(value, Value::Missing)
        })
    }

    fn get(&mut self, argument: &str) -> Option<&mut Value<'a>> {
        let mut values = self.values.iter_mut();
        values
            .find(|(key, _)| key == argument)
            .map(|(_, value)| value)
    }

    /// The first error of what was read.
    pub(crate) fn finish(self) -> Result<(), ArgumentError> {
        self.error.map_or(Ok(()), Err)
    }

    /// The arguments with their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value<'a>)> {
        self.values.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// Reads a JSON object; none where the text is empty.
    pub(crate) fn from_json(text: &str) -> Result<Self, ArgumentError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let json =
            serde_json::from_str(text).map_err(|error| ArgumentError::Json(error.to_string()))?;
        let Json::Object(members) = json else {
            return Err(ArgumentError::NotAnObject);
        };
        let values = members
            .into_iter()
            .map(|(key, json)| (Cow::Owned(key), Value::from_json(json)))
            .collect();
        Ok(Self {
            values,
            error: None,
        })
    }

    /// Writes a JSON object, without what is missing and numbers that JSON has not.
    pub(crate) fn to_json(&self) -> String {
        let members: Vec<String> = self
            .iter()
            .filter_map(|(key, value)| Some(format!("{}:{}", Json::from(key), value.to_json()?)))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

impl PartialEq for Arguments<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl Value<'_> {
    fn from_json(json: Json) -> Self {
        match json {
            Json::Null => Self::Missing,
            Json::Bool(value) => Self::Boolean(value),
            Json::String(text) => Self::Text(Cow::Owned(text)),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) => Self::Integer(value),
                (None, Some(value)) => Self::Number(value),
                (None, None) => Self::Other,
            },
            Json::Array(_) | Json::Object(_) => Self::Other,
        }
    }

    fn to_json(&self) -> Option<Json> {
        match self {
            Self::Missing | Self::Other => None,
            Self::Text(text) => Some(Json::from(text.as_ref())),
            Self::Integer(value) => Some(Json::from(*value)),
            Self::Number(value) => serde_json::Number::from_f64(*value).map(Json::Number),
            Self::Boolean(value) => Some(Json::from(*value)),
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

    fn placeholder() -> Self {
        Self::new()
    }
}

/// The largest whole number that JSON keeps exactly wherever it is read: 2^53 - 1.
const MAX_INTEGER: i64 = (1 << 53) - 1;

impl Argument for i64 {
    fn value(&self) -> Value<'_> {
        Value::Integer(*self)
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Integer(value) if value.unsigned_abs() <= MAX_INTEGER.unsigned_abs() => {
                Ok(value)
            }
            // To JSON 2.0 is 2.
            Value::Number(value) if value.fract() == 0.0 && value.abs() <= MAX_INTEGER as f64 => {
                Ok(value as Self)
            }
            other => {
                Err(other.mismatch(argument, "a whole number between -(2^53 - 1) and 2^53 - 1"))
            }
        }
    }

    fn placeholder() -> Self {
        0
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

    fn placeholder() -> Self {
        0.0
    }
}

impl Argument for bool {
    fn value(&self) -> Value<'_> {
        Value::Boolean(*self)
    }

    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError> {
        match value {
            Value::Boolean(value) => Ok(value),
            other => Err(other.mismatch(argument, "true or false")),
        }
    }

    fn placeholder() -> Self {
        false
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

    fn placeholder() -> Self {
        None
    }
}

impl Value<'_> {
    fn mismatch(&self, argument: &'static str, expected: &'static str) -> ArgumentError {
        match self {
            Self::Missing => ArgumentError::Missing { argument },
            _ => ArgumentError::WrongType { argument, expected },
        }
    }
}

/// Why a text does not hold the arguments of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentError {
    /// It is not JSON; how so.
    Json(String),
    /// It is JSON, but not an object.
    NotAnObject,
    /// An argument that is not optional is missing, or null.
    Missing {
        /// Its key.
        argument: &'static str,
    },
    /// An argument is of another type.
    WrongType {
        /// Its key.
        argument: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// An argument is none of the values that the registry declares.
    Undeclared {
        /// Its key.
        argument: &'static str,
        /// What it is.
        value: String,
    },
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "its argument is not JSON: {error}"),
            Self::NotAnObject => f.write_str("its argument is JSON, but not an object"),
            Self::Missing { argument } => write!(f, "`{argument}` is missing"),
            Self::WrongType { argument, expected } => write!(f, "`{argument}` is not {expected}"),
            Self::Undeclared { argument, value } => {
                write!(
                    f,
                    "`{argument}` may not be {value:?}: the registry does not declare it"
                )
            }
        }
    }
}

impl std::error::Error for ArgumentError {}
