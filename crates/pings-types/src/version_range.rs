//! Ranges of versions.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;
use crate::version::{Version, VersionError};

/// A range of versions: `3.30`, `3.25-3.26`, `3.31-3.35.0` or `3.31+`.
///
/// The range starts with its first version and includes every version that starts with the numbers
/// of its last version: `3.25-3.26` is 3.25.0 up to the last 3.26.x, `3.31-3.35.0` ends with
/// exactly 3.35.0, and `3.31+` has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionRange {
    first: Version,
    last: Option<Version>,
    open: bool,
}

impl VersionRange {
    /// Returns the first version in the range.
    #[must_use]
    pub fn first(&self) -> Version {
        self.first
    }

    /// Returns the version that ends the range, as it was written, or `None` for an open range such
    /// as `3.31+`.
    #[must_use]
    pub fn last(&self) -> Option<Version> {
        (!self.open).then(|| self.last.unwrap_or(self.first))
    }

    /// Returns the first key after the range, or `None` for an open range.
    #[must_use]
    pub fn key_after(&self) -> Option<[u32; Version::PARTS]> {
        self.last().map(Version::key_after)
    }

    /// Returns whether the version is in the range.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.first.key() <= version.key()
            && self.key_after().is_none_or(|after| version.key() < after)
    }

    /// Returns whether the two ranges have a version in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |a: &Self, b: &Self| a.key_after().is_some_and(|end| end <= b.first.key());
        !before(self, other) && !before(other, self)
    }
}

impl FromStr for VersionRange {
    type Err = VersionRangeError;

    /// Parses `3.30`, `3.25-3.26` or `3.31+`.
    ///
    /// # Errors
    ///
    /// Returns an error if a version is invalid or the range ends before it starts.
    fn from_str(text: &str) -> Result<Self, VersionRangeError> {
        let version = |text: &str| text.trim().parse().map_err(VersionRangeError::Version);
        if let Some(first) = text.trim_end().strip_suffix('+') {
            let first = version(first)?;
            return Ok(Self {
                first,
                last: None,
                open: true,
            });
        }
        let Some((first, last)) = text.split_once('-') else {
            let first = version(text)?;
            return Ok(Self {
                first,
                last: None,
                open: false,
            });
        };
        let (first, last) = (version(first)?, version(last)?);
        if last.key_after() <= first.key() {
            return Err(VersionRangeError::Reversed { first, last });
        }
        Ok(Self {
            first,
            last: Some(last),
            open: false,
        })
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.last, self.open) {
            (Some(last), _) => write!(f, "{}-{last}", self.first),
            (None, true) => write!(f, "{}+", self.first),
            (None, false) => write!(f, "{}", self.first),
        }
    }
}

/// The reason why a text is not a range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum VersionRangeError {
    /// A version is invalid.
    Version(VersionError),
    /// The range ends before it starts.
    Reversed {
        /// The version at the start of the range.
        first: Version,
        /// The version at the end of the range.
        last: Version,
    },
}

impl fmt::Display for VersionRangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version(error) => error.fmt(f),
            Self::Reversed { first, last } => write!(f, "{last} comes before {first}"),
        }
    }
}

impl std::error::Error for VersionRangeError {}

serde_as_text!(VersionRange);

#[cfg(test)]
mod tests;
