//! Why a text is not a payload.

use std::fmt;

/// Why a text is not a payload, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The place: `metrics.InsightHover.rows[3].count`; empty for the whole.
    pub path: String,
    /// The reason.
    pub reason: String,
    /// Whether reading it takes more memory than was granted.
    pub is_too_large: bool,
}

impl Malformed {
    /// A mistake at a place.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
            is_too_large: false,
        }
    }

    /// What takes more memory, or is of more parts, than is granted to a payload.
    #[must_use]
    pub fn too_large(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            is_too_large: true,
            ..Self::new(path, reason)
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

impl std::error::Error for Malformed {}
