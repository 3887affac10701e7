//! Values of dimensions.

use std::fmt;

use serde::ser::{Serialize, Serializer};

/// The value of a dimension by an argument. `T` is the enum of the declared values, a number or a
/// boolean.
///
/// A query never returns an undeclared value: the rows of all undeclared values, and of groups that
/// are too small, are one group.
///
/// ```
/// use pings_rows::Dimension;
/// # use std::str::FromStr;
/// # #[derive(Debug, PartialEq)]
/// # enum Via { Search }
/// # impl FromStr for Via {
/// #     type Err = ();
/// #     fn from_str(text: &str) -> Result<Self, ()> {
/// #         if text == "search" { Ok(Self::Search) } else { Err(()) }
/// #     }
/// # }
///
/// assert_eq!(Dimension::parse("search"), Dimension::Declared(Via::Search));
/// assert_eq!(Dimension::<Via>::parse("@other"), Dimension::Other);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension<T> {
    /// A declared value.
    Declared(T),
    /// `@other`: the group of all other values.
    Other,
}

/// The text of [`Dimension::Other`] in results.
const OTHER: &str = "@other";

impl<T> Dimension<T> {
    /// Parses the text of a result. A text that is not declared belongs to the group of all other
    /// values.
    #[must_use]
    pub fn parse(text: &str) -> Self
    where
        T: std::str::FromStr,
    {
        text.parse().map_or(Self::Other, Self::Declared)
    }

    /// Returns the declared value, or `None` for the group of all other values.
    #[must_use]
    pub fn declared(self) -> Option<T> {
        match self {
            Self::Declared(value) => Some(value),
            Self::Other => None,
        }
    }
}

impl<T: AsRef<str>> Dimension<T> {
    /// Returns the text in the result: a declared value, or `@other`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Declared(value) => value.as_ref(),
            Self::Other => OTHER,
        }
    }
}

impl<T: AsRef<str>> fmt::Display for Dimension<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<T: Serialize> Serialize for Dimension<T> {
    /// Writes the value, or the text `@other`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Declared(value) => value.serialize(serializer),
            Self::Other => serializer.serialize_str(OTHER),
        }
    }
}
