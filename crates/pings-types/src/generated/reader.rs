//! Reading of arguments into the fields of an event.

use super::arguments::Arguments;
use super::text::Texts;
use super::value::{Argument, Value};
use crate::parse_error::ArgumentError;

/// A reader of arguments. The first invalid argument is its error.
#[derive(Debug)]
pub struct Reader<'a> {
    values: std::vec::IntoIter<Value<'a>>,
    keys: std::slice::Iter<'static, &'static str>,
    error: Option<ArgumentError>,
}

// An invalid argument is read as a placeholder, so that the generated code for each argument is a
// single call. The code of a `?` takes several times longer to compile.
impl<'a> Reader<'a> {
    /// Creates a reader of arguments with these keys.
    pub fn new(arguments: Arguments<'a>, keys: &'static [&'static str]) -> Self {
        Self {
            values: arguments.into_values().collect::<Vec<_>>().into_iter(),
            keys: keys.iter(),
            error: None,
        }
    }

    /// Returns the next argument, or a placeholder if it is invalid.
    #[inline(never)]
    pub fn read<T: Argument>(&mut self) -> T {
        let (argument, value) = self.next();
        T::read(argument, value).unwrap_or_else(|error| {
            self.fail(error);
            T::default()
        })
    }

    /// Returns the next argument, which is a declared value, or the first declared value if the
    /// argument is invalid.
    #[inline]
    pub fn read_choice<T: Copy>(&mut self, values: &[T], texts: &Texts) -> T {
        values[self.place(texts)]
    }

    /// Returns the next argument, which is a declared value, or `None` if it is missing or invalid.
    #[inline]
    pub fn read_optional_choice<T: Copy>(&mut self, values: &[T], texts: &Texts) -> Option<T> {
        self.optional_place(texts).map(|place| values[place])
    }

    /// Returns the next argument, which is a list of declared values, or an empty list if the argument
    /// is invalid.
    #[inline]
    pub fn read_list<T: Copy>(&mut self, values: &[T], texts: &Texts) -> Vec<T> {
        let (argument, value) = self.next();
        self.list(argument, value, values, texts)
    }

    /// Returns the next argument, which is a list of declared values, or `None` if it is missing.
    #[inline]
    pub fn read_optional_list<T: Copy>(&mut self, values: &[T], texts: &Texts) -> Option<Vec<T>> {
        match self.next() {
            (_, Value::Missing) => None,
            (argument, value) => Some(self.list(argument, value, values, texts)),
        }
    }

    /// Returns the error of the first invalid argument.
    pub fn error(self) -> Option<ArgumentError> {
        self.error
    }

    fn next(&mut self) -> (&'static str, Value<'a>) {
        let key = self.keys.next().copied().unwrap_or_default();
        (key, self.values.next().unwrap_or(Value::Missing))
    }

    fn fail(&mut self, error: ArgumentError) {
        self.error.get_or_insert(error);
    }

    fn list<T: Copy>(
        &mut self,
        argument: &'static str,
        value: Value<'_>,
        values: &[T],
        texts: &Texts,
    ) -> Vec<T> {
        let Value::List(items) = value else {
            self.fail(value.mismatch(argument, "a list of texts"));
            return Vec::new();
        };
        let places = items
            .into_iter()
            .map_while(|item| self.place_of(argument, Value::Text(item), texts));
        places.map(|place| values[place]).collect()
    }

    fn place(&mut self, texts: &Texts) -> usize {
        let (argument, value) = self.next();
        self.place_of(argument, value, texts).unwrap_or(0)
    }

    fn optional_place(&mut self, texts: &Texts) -> Option<usize> {
        match self.next() {
            (_, Value::Missing) => None,
            (argument, value) => self.place_of(argument, value, texts),
        }
    }

    fn place_of(
        &mut self,
        argument: &'static str,
        value: Value<'_>,
        texts: &Texts,
    ) -> Option<usize> {
        let error = match value {
            Value::Text(text) => match texts.place(&text) {
                Some(place) => return Some(place),
                None => ArgumentError::Undeclared {
                    argument,
                    value: text.into_owned(),
                },
            },
            other => other.mismatch(argument, "a text"),
        };
        self.fail(error);
        None
    }
}

#[cfg(test)]
mod tests;
