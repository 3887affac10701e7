//! The reasons why a logged row is not an event.

use std::fmt;

/// The reason why a logged row is not an event of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseError {
    /// No event has or had this name.
    UnknownName(String),
    /// The arguments are not valid for the event.
    Arguments {
        /// The current name of the event.
        event: &'static str,
        /// The error of the arguments.
        error: ArgumentError,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownName(name) => write!(f, "there is no event {name:?}"),
            Self::Arguments { event, error } => write!(f, "event `{event}`: {error}"),
        }
    }
}

impl std::error::Error for ParseError {}

/// The reason why a text is not the arguments of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
