//! Why a metric has no value.

use std::fmt;
use std::str::FromStr;

/// Why a metric has no value: of which kind, and in words that stay on the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What leaves the instance.
    pub kind: FailureKind,
    /// What does not: it may quote the product's data.
    pub message: String,
}

/// Of which kind a failure is. No text of the instance is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// A table or column is not there.
    Schema,
    /// The database refuses the query, or fails at it.
    Query,
    /// It took longer than it may.
    TimeLimit,
    /// The database did not answer.
    Database,
    /// No capture was taken for the week.
    NotCaptured,
    /// It was captured with other columns, by another version.
    Outdated,
    /// Events of the week were pruned.
    Pruned,
    /// It would carry free text, and its ping is not `sensitivity: identifying`.
    Withheld,
    /// The instance has not agreed to the metric, or did so after the week began.
    NotAgreed,
    /// It would carry a value that is not declared, beside measures that cannot be added up.
    Undeclared,
    /// The product did not run in the week.
    NotRunning,
    /// A version of the week does not have the code.
    Absent,
    /// Consent to its ping was withdrawn after an earlier revision carried it.
    Withdrawn,
    /// Of a kind that only newer programs know.
    Other,
}

impl FailureKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Schema,
        Self::Query,
        Self::TimeLimit,
        Self::Database,
        Self::NotCaptured,
        Self::Outdated,
        Self::Pruned,
        Self::Withheld,
        Self::NotAgreed,
        Self::Undeclared,
        Self::NotRunning,
        Self::Absent,
        Self::Withdrawn,
        Self::Other,
    ];

    /// Its name in payloads.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Query => "query",
            Self::TimeLimit => "time_limit",
            Self::Database => "database",
            Self::NotCaptured => "not_captured",
            Self::Outdated => "outdated",
            Self::Pruned => "pruned",
            Self::Withheld => "withheld",
            Self::NotAgreed => "not_agreed",
            Self::Undeclared => "undeclared",
            Self::NotRunning => "not_running",
            Self::Absent => "absent",
            Self::Withdrawn => "withdrawn",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FailureKind {
    type Err = ();

    /// Reads a name.
    ///
    /// # Errors
    ///
    /// Where no kind has it.
    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or(())
    }
}

impl Failure {
    /// A failure of that kind.
    #[must_use]
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
