//! A location in a payload.

use std::fmt;

/// A location in a payload. The text is built only for an error.
#[derive(Clone, Copy)]
pub(crate) enum Place<'c> {
    /// A code.
    Code(&'c str),
    /// A member of a code.
    Member(&'c str, &'c str),
    /// A row of a code.
    Row(&'c str, usize),
    /// A step of a code.
    Step(&'c str, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "metrics.{code}"),
            Self::Member(code, member) => write!(f, "metrics.{code}.{member}"),
            Self::Row(code, place) => write!(f, "metrics.{code}.rows[{place}]"),
            Self::Step(code, place) => write!(f, "metrics.{code}.steps[{place}]"),
        }
    }
}
