//! When a ping is no longer needed.

use std::fmt;

use pings_types::Version;

use crate::date::is_date;

/// When a ping is no longer needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// From this version on.
    Version(Version),
    /// From this day on, such as `2027-01-01`.
    Date(String),
}

impl Expiry {
    /// Reads a date such as `2027-01-01`, or a version.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        match is_date(text) {
            true => Some(Self::Date(text.to_owned())),
            false => text.parse().ok().map(Self::Version),
        }
    }
}

impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(version) => version.fmt(f),
            Self::Date(date) => f.write_str(date),
        }
    }
}
