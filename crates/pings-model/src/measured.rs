//! The types in which arguments are measured.

use crate::{ArgumentType, ValueType};

impl ArgumentType {
    /// Returns the type in which a value is measured. A boolean is measured as a word.
    #[must_use]
    pub fn measured(&self) -> ValueType {
        match self {
            Self::Integer => ValueType::Integer,
            Self::Number => ValueType::Number,
            Self::String
            | Self::Boolean
            | Self::Enum(_)
            | Self::Version
            | Self::List(_)
            | Self::Object(_) => ValueType::Text,
        }
    }
}
