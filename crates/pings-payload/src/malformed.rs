//! Why a text is not a payload.

use std::fmt;

/// The reason why a text is not a valid payload, with the location of the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The path of the invalid value, such as `metrics.InsightHover.rows[3].count`; empty for the
    /// whole payload.
    pub path: String,
    /// The reason.
    pub reason: String,
    /// Whether the payload exceeds the memory limit.
    pub is_too_large: bool,
}

impl Malformed {
    /// Creates an error at a path.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
            is_too_large: false,
        }
    }

    /// Creates an error for a payload that exceeds the memory limit or the maximum number of
    /// elements.
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
