//! The reasons why a metric has no value.

use std::fmt;
use std::str::FromStr;

/// The reason why a metric has no value: a kind, and a message that stays on the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The kind, which is sent.
    pub kind: FailureKind,
    /// The message, which stays on the instance because it may quote the product's data.
    pub message: String,
}

/// The kind of a failure, which contains no text from the instance.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureKind {
    /// A table or column does not exist.
    Schema,
    /// The database rejected the query or failed to run it.
    Query,
    /// The query exceeded its time limit.
    TimeLimit,
    /// The database did not respond.
    Database,
    /// No capture was taken for the week.
    NotCaptured,
    /// The metric was captured with different columns by another version.
    Outdated,
    /// Events of the week were pruned.
    Pruned,
    /// The value would contain free text, and its ping is not `sensitivity: identifying`.
    Withheld,
    /// The instance did not consent to the metric, or consented after the week began.
    NotAgreed,
    /// The value would contain undeclared values together with measures that cannot be added up.
    Undeclared,
    /// The product did not run in the week.
    NotRunning,
    /// A version that ran in the week does not contain the code.
    Absent,
    /// The capture has no SQL for the instance's database.
    Unsupported,
    /// A capture of a value did not find exactly one row with a value.
    NotOneRow,
    /// Consent to the ping was withdrawn after an earlier revision contained the metric.
    Withdrawn,
    /// A kind that only newer versions know.
    Other,
}

impl FailureKind {
    /// All kinds.
    pub const ALL: [Self; 16] = [
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
        Self::Unsupported,
        Self::NotOneRow,
        Self::Withdrawn,
        Self::Other,
    ];

    /// Returns the name in payloads.
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
            Self::Unsupported => "unsupported",
            Self::NotOneRow => "not_one_row",
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

    /// Parses the name of a kind.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no kind with this name.
    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or(())
    }
}

impl Failure {
    /// Creates a failure.
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
