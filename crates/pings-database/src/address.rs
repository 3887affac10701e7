//! Addresses that may hold a secret.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::{Result, Url, masked};

/// An address of a database or a server as somebody wrote it. It is shown without its
/// passwords and tokens, also when it is malformed.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(String);

impl Address {
    /// Returns the address with its secrets, for what connects to it.
    #[must_use]
    pub fn exposed(&self) -> &str {
        &self.0
    }

    /// Reads the address of a database.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn database(&self) -> Result<Url> {
        self.0.parse()
    }

    /// Returns whether nothing was written.
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
