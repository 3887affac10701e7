//! Reading of arguments into the fields of an event.

use super::arguments::Arguments;
use super::value::{Argument, Value};
use crate::parse_error::ArgumentError;

/// A reader of arguments, which stops at the first invalid argument.
#[derive(Debug)]
pub struct Reader<'a> {
    values: std::vec::IntoIter<Value<'a>>,
    keys: std::slice::Iter<'static, &'static str>,
    /// The value to return after the last value.
    rest: Value<'static>,
    error: Option<ArgumentError>,
}

impl<'a> Reader<'a> {
    /// Creates a reader of arguments with these keys.
    pub fn new(arguments: Arguments<'a>, keys: &'static [&'static str]) -> Self {
        Self {
            values: arguments.into_values().collect::<Vec<_>>().into_iter(),
            keys: keys.iter(),
            rest: Value::Missing,
            error: None,
        }
    }

    /// Creates a reader that returns a placeholder for each argument.
    pub fn any() -> Self {
        Self {
            rest: Value::Any,
            ..Self::new(Arguments::default(), &[])
        }
    }

    /// Returns the next argument, or `None` if it is invalid.
    #[inline(never)]
    pub fn read<T: Argument>(&mut self) -> Option<T> {
        let (argument, value) = self.next();
        let read = T::read(argument, value);
        read.map_err(|error| self.error = Some(error)).ok()
    }

    /// Returns the index of the next argument in its declared values.
    #[inline(never)]
    pub fn read_choice(&mut self, texts: &[&str]) -> Option<usize> {
        let (argument, value) = self.next();
        self.place(argument, value, texts)
    }

    /// Returns the index of the next argument in its declared values, or `Some(None)` if it is
    /// missing.
    #[inline(never)]
    pub fn read_optional_choice(&mut self, texts: &[&str]) -> Option<Option<usize>> {
        match self.next() {
            (_, Value::Missing) => Some(None),
            (argument, value) => self.place(argument, value, texts).map(Some),
        }
    }

    /// Returns the error of the first invalid argument.
    pub fn error(self) -> Option<ArgumentError> {
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

#[cfg(test)]
mod tests;
