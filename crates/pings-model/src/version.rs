//! Versions of the product, and ranges of them.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

/// A version of the product, of one to four numbers: `4`, `3.30`, `3.35.0`.
///
/// Missing numbers are 0 in comparisons, so `3.30` equals `3.30.0`. In a
/// [`VersionRange`] a version also stands for all those that it begins.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    parts: [u32; Self::PARTS],
    given: usize,
}

impl Version {
    /// The most numbers that a version has.
    pub const PARTS: usize = 4;

    /// The numbers, missing ones as 0: comparable key of the version.
    #[must_use]
    pub fn key(self) -> [u32; Self::PARTS] {
        self.parts
    }

    /// How many numbers it was written with.
    #[must_use]
    pub fn numbers(self) -> usize {
        self.given
    }

    /// The first key after all versions that this one begins: of `3.30` that of `3.31`.
    #[must_use]
    pub fn key_after(self) -> [u32; Self::PARTS] {
        let mut parts = self.parts;
        // Parsing keeps every number below `u32::MAX`.
        parts[self.given - 1] += 1;
        parts
    }
}

impl Version {
    /// Reads what a product calls itself: `v3.38.1`, `14.1.0-ee` and `1.4.0-rc1+7f3a` too. What
    /// follows the numbers says how it was built, and belongs to that version.
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
    /// Where it does not begin with one to four numbers with points between them.
    pub fn of_build(text: &str) -> Result<Self, VersionError> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let end = text.find(['-', '+', '~']).unwrap_or(text.len());
        text[..end].parse()
    }
}

impl FromStr for Version {
    type Err = VersionError;

    /// Reads `3.30` or `3.35.0`.
    ///
    /// # Errors
    ///
    /// Where the text is anything but one to four numbers with points between them.
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

/// Why a text is not a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionError {
    /// A part between the points is not a number.
    NotANumber(String),
    /// A number does not fit.
    TooLarge(String),
    /// More than four numbers.
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

/// Versions one after another: `3.30`, `3.25-3.26`, `3.31-3.35.0` or `3.31+`.
///
/// It begins with the first version it names, and ends with the last that
/// begins with the other one: `3.25-3.26` is 3.25.0 up to the last 3.26.x,
/// `3.31-3.35.0` ends with exactly 3.35.0, `3.31+` has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VersionRange {
    first: Version,
    last: Option<Version>,
    open: bool,
}

impl VersionRange {
    /// The first version in the range.
    #[must_use]
    pub fn first(&self) -> Version {
        self.first
    }

    /// The version that ends the range, as it was written; none for `3.31+`.
    #[must_use]
    pub fn last(&self) -> Option<Version> {
        (!self.open).then(|| self.last.unwrap_or(self.first))
    }

    /// The first key after the range, if it ends.
    #[must_use]
    pub fn key_after(&self) -> Option<[u32; Version::PARTS]> {
        self.last().map(Version::key_after)
    }

    /// Whether the version is in the range.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.first.key() <= version.key()
            && self.key_after().is_none_or(|after| version.key() < after)
    }

    /// Whether any version is in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let before = |a: &Self, b: &Self| a.key_after().is_some_and(|end| end <= b.first.key());
        !before(self, other) && !before(other, self)
    }
}

impl FromStr for VersionRange {
    type Err = VersionRangeError;

    /// Reads `3.30`, `3.25-3.26` or `3.31+`.
    ///
    /// # Errors
    ///
    /// Where a version is not one, or the range ends before it begins.
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

/// Why a text is not a range of versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionRangeError {
    /// A version is not one.
    Version(VersionError),
    /// It ends before it begins.
    Reversed {
        /// What it begins with.
        first: Version,
        /// What it ends with.
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
