//! The rows of the event log that a metric reads, besides the names of its events, and their users.

/// Conditions on the columns of a row, other than its name and its argument.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Whether a row with any name counts, declared or not: `of: any`.
    pub any_name: bool,
    /// The accepted values of the column `source`. If empty, every value is accepted.
    pub sources: Vec<String>,
    /// The accepted actors.
    pub actor: ActorSelection,
}

/// The actors whose rows a metric reads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ActorSelection {
    /// Users, visitors, and rows with neither.
    #[default]
    Any,
    /// Signed-in users.
    SignedIn,
    /// Visitors without a user.
    Anonymous,
}

impl ActorSelection {
    /// Returns the word used in the registry. The word is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::SignedIn => "signed_in",
            Self::Anonymous => "anonymous",
        }
    }
}

/// Who counts as one user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// The user of a row, or else its visitor.
    #[default]
    Actor,
    /// The same, but the rows of a visitor belong to the user who signed in from the same browser in
    /// the window: the only user with whom the visitor shares a row.
    Person,
}

impl Identity {
    /// Returns the word used in the registry. The word is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Actor => "actor",
            Self::Person => "person",
        }
    }
}
