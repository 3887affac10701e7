//! Versions of the product.

mod build;

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::text::serde_as_text;

/// A version of the product with one to four numbers: `4`, `3.30`, `3.35.0`.
///
/// Missing numbers count as 0 in comparisons, so `3.30` equals `3.30.0`. In a
/// [`VersionRange`](crate::VersionRange), a version includes every version that starts with its
/// numbers.
///
/// `FromStr` accepts only numbers, as in the registry. [`Version::of_build`] also accepts what an
/// instance reports: `v3.36.0-rc.1`, `1.23rc1`.
#[derive(Clone, Copy, Debug)]
pub struct Version {
    parts: [u32; Self::PARTS],
    given: usize,
}

impl Version {
    /// The maximum number of parts in a version.
    pub const PARTS: usize = 4;

    /// Creates a version from its numbers, which are limited to `u32::MAX - 1`. The fourth number is
    /// shown if it is not 0.
    #[must_use]
    pub const fn new(numbers: [u32; Self::PARTS]) -> Self {
        const fn limited(number: u32) -> u32 {
            if number == u32::MAX {
                number - 1
            } else {
                number
            }
        }
        let [major, minor, patch, last] = numbers;
        Self {
            parts: [
                limited(major),
                limited(minor),
                limited(patch),
                limited(last),
            ],
            given: if last == 0 { 3 } else { 4 },
        }
    }

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
        // Every number is below `u32::MAX`.
        parts[self.given - 1] += 1;
        parts
    }
}

impl Version {
    /// Parses the version of a build, in the forms of SemVer, PEP 440 and other schemes:
    /// `v3.38.1`, `14.1.0-ee`, `1.0.0-alpha.beta`, `1.23rc1`, `2023.3.0b5`, `5.2.0.post1`.
    ///
    /// Only the numbers are kept: the suffix describes the build. A pre-release therefore counts as
    /// the version that it precedes, and a post-release as the version that it follows. Versions
    /// keep the order that SemVer and PEP 440 give them, except that versions which differ only in
    /// the suffix are equal.
    ///
    /// ```
    /// use pings_types::Version;
    ///
    /// assert_eq!(Version::of_build("v14.1.0-ee")?, "14.1.0".parse()?);
    /// assert_eq!(Version::of_build("2023.3.0b5")?, "2023.3.0".parse()?);
    /// # Ok::<(), pings_types::VersionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the text does not start with one to four numbers separated by dots. An
    /// epoch of PEP 440 other than 0 (`1!2.0`) is an error, because numbers without it compare
    /// wrongly.
    pub fn of_build(text: &str) -> Result<Self, VersionError> {
        Self::of_parts(build::parts(text))
    }

    /// Returns the first three numbers of the version of a build: `5.2.0` for `v5.2+abc`. This is
    /// how arguments and columns of the type `version` are read. Returns `None` if the text is not a
    /// version, or has a number of more than nine digits.
    #[must_use]
    pub fn reduced(text: &str) -> Option<String> {
        const MOST_DIGITS: usize = 9;
        let Self { parts, .. } = Self::of_build(text).ok()?;
        let [major, minor, patch, _] = parts;
        let is_short = build::parts(text).all(|part| part.len() <= MOST_DIGITS);
        is_short.then(|| format!("{major}.{minor}.{patch}"))
    }

    fn of_parts<'t>(texts: impl Iterator<Item = &'t str>) -> Result<Self, VersionError> {
        let mut parts = [0; Self::PARTS];
        let mut given = 0;
        for part in texts {
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

impl FromStr for Version {
    type Err = VersionError;

    /// Parses `3.30` or `3.35.0`.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not one to four numbers separated by dots.
    fn from_str(text: &str) -> Result<Self, VersionError> {
        Self::of_parts(text.split('.'))
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
#[non_exhaustive]
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

serde_as_text!(Version);

#[cfg(test)]
mod tests;
