//! Where in a payload something is.

use std::fmt;

/// Where in a payload something is. The text is built only for an error.
#[derive(Clone, Copy)]
pub(crate) enum Place<'c> {
    /// A code.
    Code(&'c str),
    /// A row of it.
    Row(&'c str, usize),
    /// A step of it.
    Step(&'c str, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "metrics.{code}"),
            Self::Row(code, place) => write!(f, "metrics.{code}.rows[{place}]"),
            Self::Step(code, place) => write!(f, "metrics.{code}.steps[{place}]"),
        }
    }
}
