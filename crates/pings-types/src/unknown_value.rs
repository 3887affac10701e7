//! The error for a text that is not a declared value.

use std::fmt;

/// The error for a text that is not a value of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownValue {
    value: String,
    values: &'static [&'static str],
}

impl UnknownValue {
    pub(crate) fn new(value: &str, values: &'static [&'static str]) -> Self {
        Self {
            value: value.to_owned(),
            values,
        }
    }

    /// Returns the text that is not a value.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns the texts of all values.
    #[must_use]
    pub fn values(&self) -> &'static [&'static str] {
        self.values
    }
}

impl fmt::Display for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not one of the values", self.value)?;
        for (place, value) in self.values.iter().enumerate() {
            let before = if place == 0 { " " } else { ", " };
            write!(f, "{before}{value:?}")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownValue {}
