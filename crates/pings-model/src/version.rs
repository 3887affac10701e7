//! Versions of the product, and ranges of versions.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A version of the product with one to four numbers: `4`, `3.30`, `3.35.0`.
///
/// Missing numbers count as 0 in comparisons, so `3.30` equals `3.30.0`. In a [`VersionRange`], a
/// version includes every version that starts with its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    parts: [u32; Self::PARTS],
    given: usize,
}

impl Version {
    /// The maximum number of parts in a version.
    pub const PARTS: usize = 4;

    /// Returns all parts as a sortable key, with missing parts as 0.
    #[must_use]
    pub fn key(self) -> [u32; Self::PARTS] {
        self.parts
    }

    /// Returns how many parts the version was written with.
    #[must_use]
    pub fn numbers(self) -> usize {
        self.given
    }

    /// Returns the first key after every version that starts with these numbers: for `3.30`, the
    /// key of `3.31`.
    #[must_use]
    pub fn key_after(self) -> [u32; Self::PARTS] {
        let mut parts = self.parts;
        // Parsing keeps every number below `u32::MAX`.
        parts[self.given - 1] += 1;
        parts
    }
}

impl Version {
    /// Parses the version string of a build, such as `v3.38.1`, `14.1.0-ee` or `1.4.0-rc1+7f3a`.
    /// The suffix after the numbers describes the build and is ignored.
    ///
    /// ```
    /// use pings_model::Version;
    ///
    /// assert_eq!(Version::of_build("v14.1.0-ee")?, "14.1.0".parse()?);
    /// # Ok::<(), pings_model::VersionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text does not start with one to four numbers separated by dots.
    pub fn of_build(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(['-', '+', '~']).unwrap_or(text.len());
        text[..end].parse()
    }
}

impl FromStr for Version {
    type Err = VersionError;

    /// Parses `3.30` or `3.35.0`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not one to four numbers separated by dots.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        let mut parts = [0; Self::PARTS];
        let mut given = 0;
        for part in text.split('.') {
            if given == Self::PARTS {
                return Err(VersionError::TooManyNumbers);
            }
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(VersionError::NotANumber(part.to_owned()));
            }
            parts[given] = part
                .parse()
                .ok()
                .filter(|number| *number < u32::MAX)
                .ok_or_else(|| VersionError::TooLarge(part.to_owned()))?;
            given += 1;
        }
        Ok(Self { parts, given })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, part) in self.parts[..self.given].iter().enumerate() {
            let point = if place == 0 { "" } else { "." };
            write!(f, "{point}{part}")?;
        }
        Ok(())
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl Hash for Version {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts.hash(state);
    }
}

/// The reason why a text is not a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionError {
    /// A part between the dots is not a number.
    NotANumber(String),
    /// A number is too large.
    TooLarge(String),
    /// The text has more than four numbers.
    TooManyNumbers,
}

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber(part) if part.is_empty() => f.write_str("a number is missing"),
            Self::NotANumber(part) => write!(f, "`{part}` is not a number"),
            Self::TooLarge(part) => write!(f, "`{part}` is too large"),
            Self::TooManyNumbers => write!(f, "it has more than {} numbers", Version::PARTS),
        }
    }
}

impl std::error::Error for VersionError {}

/// A range of versions: `3.30`, `3.25-3.26`, `3.31-3.35.0` or `3.31+`.
///
/// The range starts with its first version and includes every version that starts with the numbers
/// of its last version: `3.25-3.26` is 3.25.0 up to the last 3.26.x, `3.31-3.35.0` ends with
/// exactly 3.35.0, and `3.31+` has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

#[cfg(test)]
mod tests;
