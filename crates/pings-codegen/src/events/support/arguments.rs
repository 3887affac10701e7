//! Conversion of event arguments to JSON and back.

use std::borrow::Cow;
use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value as Json;

/// The number of arguments of an event that are stored without an allocation. More are rare.
const FEW: usize = 4;

/// The arguments of an event, in registry order.
#[derive(Debug)]
pub(crate) struct Arguments<'a> {
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

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
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
    /// A list or an object, which is never valid.
    Other,
    /// A placeholder that can be read as any type.
    Any,
}

/// A type of arguments.
///
/// Types with declared values do not implement this trait. There may be thousands of these types,
/// so shared functions read and write their values as texts.
pub(crate) trait Argument: Sized {
    /// Returns the value.
    fn value(&self) -> Value<'_>;

    /// Converts a value to this type.
    fn read(argument: &'static str, value: Value<'_>) -> Result<Self, ArgumentError>;
}

impl<'a> Arguments<'a> {
    /// Adds an argument.
    #[inline(never)]
    pub(crate) fn push(&mut self, argument: &'a impl Argument) {
        self.push_value(argument.value());
    }

    /// Adds an argument with a declared value.
    pub(crate) fn push_choice(&mut self, text: &'static str) {
        self.push_value(Value::Text(Cow::Borrowed(text)));
    }

    /// Adds an optional argument with a declared value.
    pub(crate) fn push_optional_choice(&mut self, text: Option<&'static str>) {
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
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Value<'a>> {
        self.few[..self.count].iter().chain(&self.rest)
    }

    /// Returns the values for reading.
    fn into_values(self) -> impl Iterator<Item = Value<'a>> {
        self.few.into_iter().take(self.count).chain(self.rest)
    }

    /// Reads the members of a JSON object with these keys or previous keys. An empty text has no
    /// arguments.
    pub(crate) fn from_json(
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
    pub(crate) fn serialize<S: Serializer>(
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

/// A reader of arguments, which stops at the first invalid argument.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    values: std::vec::IntoIter<Value<'a>>,
    keys: std::slice::Iter<'static, &'static str>,
    /// The value to return after the last value.
    rest: Value<'static>,
    error: Option<ArgumentError>,
}

impl<'a> Reader<'a> {
    /// Creates a reader of arguments with these keys.
    pub(crate) fn new(arguments: Arguments<'a>, keys: &'static [&'static str]) -> Self {
        Self {
            values: arguments.into_values().collect::<Vec<_>>().into_iter(),
            keys: keys.iter(),
            rest: Value::Missing,
            error: None,
        }
    }

    /// Creates a reader that returns a placeholder for each argument.
    pub(crate) fn any() -> Self {
        Self {
            rest: Value::Any,
            ..Self::new(Arguments::default(), &[])
        }
    }

    /// Returns the next argument, or `None` if it is invalid.
    #[inline(never)]
    pub(crate) fn read<T: Argument>(&mut self) -> Option<T> {
        let (argument, value) = self.next();
        let read = T::read(argument, value);
        read.map_err(|error| self.error = Some(error)).ok()
    }

    /// Returns the index of the next argument in its declared values.
    #[inline(never)]
    pub(crate) fn read_choice(&mut self, texts: &[&str]) -> Option<usize> {
        let (argument, value) = self.next();
        self.place(argument, value, texts)
    }

    /// Returns the index of the next argument in its declared values, or `Some(None)` if it is
    /// missing.
    #[inline(never)]
    pub(crate) fn read_optional_choice(&mut self, texts: &[&str]) -> Option<Option<usize>> {
        match self.next() {
            (_, Value::Missing) => Some(None),
            (argument, value) => self.place(argument, value, texts).map(Some),
        }
    }

    /// Returns the error of the first invalid argument.
    pub(crate) fn error(self) -> Option<ArgumentError> {
        self.error
    }

    fn next(&mut self) -> (&'static str, Value<'a>) {
        let key = self.keys.next().copied().unwrap_or_default();
        (key, self.values.next().unwrap_or(self.rest.clone()))
    }

    fn place(&mut self, argument: &'static str, value: Value<'_>, texts: &[&str]) -> Option<usize> {
        let error = match value {
            Value::Any => return Some(0),
            Value::Text(text) => match texts.iter().position(|choice| *choice == text) {
                Some(place) => return Some(place),
                None => ArgumentError::Undeclared {
                    argument,
                    value: text.into_owned(),
                },
            },
            other => other.mismatch(argument, "a text"),
        };
        self.error = Some(error);
        None
    }
}

impl Value<'_> {
    fn from_json(json: Json) -> Self {
        match json {
            Json::Null => Self::Missing,
            Json::Bool(value) => Self::Boolean(value),
            Json::String(text) => Self::Text(Cow::Owned(text)),
            Json::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(value), _) if value.unsigned_abs() <= MAX_INTEGER => Self::Integer(value),
                (_, Some(value)) => Self::Number(value),
                (_, None) => Self::Other,
            },
            Json::Array(_) | Json::Object(_) => Self::Other,
        }
    }

    fn is_written(&self) -> bool {
        match self {
            Self::Missing | Self::Other | Self::Any => false,
            Self::Number(value) => value.is_finite(),
            Self::Text(_) | Self::Integer(_) | Self::Boolean(_) => true,
        }
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing | Self::Other | Self::Any => serializer.serialize_unit(),
            // JSON in PostgreSQL cannot contain a NUL character, which would fail the queries of
            // that week.
            Self::Text(text) if text.contains('\0') => {
                serializer.serialize_str(&text.replace('\0', "\u{fffd}"))
            }
            Self::Text(text) => serializer.serialize_str(text),
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
            Value::Any => Ok(Self::new()),
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
            Value::Any => Ok(0),
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
            Value::Any => Ok(0.0),
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
            Value::Any => Ok(false),
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
            Value::Missing | Value::Any => Ok(None),
            value => T::read(argument, value).map(Some),
        }
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

/// The reason why a text is not the arguments of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentError {
    /// The text is not JSON. Contains the error of the parser.
    Json(String),
    /// The text is JSON, but not an object.
    NotAnObject,
    /// A required argument is missing or null.
    Missing {
        /// The key of the argument.
        argument: &'static str,
    },
    /// An argument has the wrong type.
    WrongType {
        /// The key of the argument.
        argument: &'static str,
        /// The expected type.
        expected: &'static str,
    },
    /// An argument has a value that the registry does not declare.
    Undeclared {
        /// The key of the argument.
        argument: &'static str,
        /// The value.
        value: String,
    },
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(error) => write!(f, "the argument is not JSON: {error}"),
            Self::NotAnObject => f.write_str("the argument is JSON, but not an object"),
            Self::Missing { argument } => write!(f, "`{argument}` is missing"),
            Self::WrongType { argument, expected } => write!(f, "`{argument}` is not {expected}"),
            Self::Undeclared { argument, value } => {
                write!(f, "`{argument}` has the undeclared value {value:?}")
            }
        }
    }
}

impl std::error::Error for ArgumentError {}
