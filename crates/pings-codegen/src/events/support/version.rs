//! Versions of the product.

use std::fmt;
use std::str::FromStr;

/// A version of the product, as reported by an instance: `3.36.0`, `v3.36.0-rc.1`.
///
/// A version has one to four numbers. Missing numbers are 0, so that `3.36` equals `3.36.0`. A
/// leading `v` and everything after a `-` or `+` are ignored, so a release candidate equals its
/// release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version([u32; 4]);

impl Version {
    /// Creates a version from its numbers.
    #[must_use]
    pub const fn new(numbers: [u32; 4]) -> Self {
        Self(numbers)
    }

    /// Returns the numbers.
    #[must_use]
    pub const fn numbers(self) -> [u32; 4] {
        self.0
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let error = || VersionError(text.to_owned());
        let release = text.strip_prefix('v').unwrap_or(text);
        let release = release.split(['-', '+']).next().unwrap_or_default();
        let mut numbers = [0; 4];
        let mut places = numbers.iter_mut();
        for number in release.split('.') {
            let place = places.next().ok_or_else(error)?;
            // Parsing a number would accept a sign.
            if !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(error());
            }
            *place = number.parse().map_err(|_| error())?;
        }
        Ok(Self(numbers))
    }
}

impl fmt::Display for Version {
    /// Writes three numbers, and the fourth if it is not 0.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch, last] = self.0;
        write!(f, "{major}.{minor}.{patch}")?;
        if last != 0 {
            write!(f, ".{last}")?;
        }
        Ok(())
    }
}

/// The error for a text that is not a [`Version`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionError(String);

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(text) = self;
        write!(f, "{text:?} is not a version such as 3.36.0")
    }
}

impl std::error::Error for VersionError {}
