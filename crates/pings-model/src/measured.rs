//! The types in which arguments are measured.

use crate::{ArgumentType, EventDimension, ValueType};

impl EventDimension {
    /// Returns the type of the values of the dimension. The column is a text, which holds such a
    /// value or `@other`.
    #[must_use]
    pub fn holds(&self) -> ValueType {
        match self {
            Self::Argument(argument) => match argument.ty {
                ArgumentType::Integer => ValueType::Integer,
                ArgumentType::Number => ValueType::Number,
                ArgumentType::Boolean => ValueType::Boolean,
                _ => ValueType::Text,
            },
            Self::Event | Self::Bucket(..) => ValueType::Text,
        }
    }
}

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
