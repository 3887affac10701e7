//! Addresses that may contain secrets.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::error::Result;
use crate::mask::masked;
use crate::url::Url;

/// The address of a database or server as the user wrote it. When displayed, passwords and tokens
/// are masked, even if the address is malformed.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Returns the address including its secrets, for opening a connection.
    #[must_use]
    pub fn exposed(&self) -> &str {
        &self.0
    }

    /// Parses the address of a database.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a database address.
    pub fn database(&self) -> Result<Url> {
        self.0.parse()
    }

    /// Returns whether the address is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Address {
    fn from(address: String) -> Self {
        Self(address)
    }
}

impl FromStr for Address {
    type Err = Infallible;

    fn from_str(address: &str) -> std::result::Result<Self, Infallible> {
        Ok(Self(address.to_owned()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&masked(&self.0))
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}
