//! What is not as the registry has it, as data.

use pings_model::ColumnType;

use crate::capture::{Misfit, MisfitFault};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Numbers are wrong, or missing.
    Error,
    /// They may be.
    Warning,
}

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The event log.
    Log,
    /// The product's database.
    Product,
}

/// Something that is not as the registry has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A table is not there.
    MissingTable {
        /// Its name in the registry.
        table: String,
    },
    /// A column is not there.
    MissingColumn {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
        /// A column that is there and is called nearly so.
        near: Option<String>,
    },
    /// A column holds something else.
    WrongType {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
        /// What the registry says.
        declared: ColumnType,
        /// What the database says.
        real: String,
    },
    /// The values that the registry lists are not those that the database allows.
    EnumDiffers {
        /// Its table.
        table: String,
        /// Its name.
        column: String,
        /// Values that only the registry has.
        impossible: Vec<String>,
        /// Values that only the database has.
        undeclared: Vec<String>,
    },
    /// A column holds values that its captures would read wrong, so they are refused.
    Misfit(Misfit),
    /// The database does not take the query of a capture.
    CaptureFails {
        /// Its code.
        code: String,
        /// What the database says.
        reason: String,
    },
    /// The event log has no index that begins with name and timestamp.
    NoIndex,
    /// An event is logged that the registry does not have.
    UnknownEvent {
        /// Its name.
        name: String,
        /// How many rows of those that were read.
        count: u64,
        /// When the last of them was logged.
        last_seen: String,
        /// An event that is called nearly so.
        near: Option<String>,
    },
    /// Arguments are not as they are declared.
    Argument {
        /// The event.
        event: String,
        /// What is wrong.
        fault: ArgumentFault,
        /// How many rows of those that were read.
        count: u64,
        /// How many rows of the event were read.
        of: u64,
        /// When the last of them was logged.
        last_seen: String,
        /// The id of the last of them.
        row: i64,
    },
    /// Rows whose version cannot be read: the store believes no number of their week.
    UnreadVersion {
        /// How many rows of those that were read.
        count: u64,
        /// When the last of them was logged.
        last_seen: String,
        /// The id of the last of them.
        row: i64,
    },
    /// Rows whose time cannot be read, which no week counts.
    UnreadTime {
        /// How many rows of those that were read.
        count: u64,
        /// The id of the last of them.
        row: i64,
    },
    /// A code of which nothing was logged recently.
    Silent {
        /// The code.
        code: String,
        /// Whether it is captured, rather than counted from events.
        is_capture: bool,
        /// When something was logged the last time; none where never.
        last_seen: Option<String>,
    },
}

/// What is wrong with the arguments of an event. No value of a user is in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArgumentFault {
    /// They are no JSON object.
    NoObject,
    /// A required one is missing.
    Missing(String),
    /// One has a value of another kind.
    WrongKind {
        /// Its name.
        argument: String,
        /// What the registry says.
        declared: &'static str,
        /// What was logged.
        found: &'static str,
    },
    /// One has a value that is not among those that are declared.
    UndeclaredValue {
        /// Its name.
        argument: String,
        /// The declared value that may be meant; none where none is near.
        near: Option<String>,
    },
    /// There is one that is not declared.
    UndeclaredKey {
        /// Its name, where so many rows have it that code must have named it.
        key: Option<String>,
    },
}

impl Finding {
    /// Its kind, as messages give it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MissingTable { .. } => "missing-table",
            Self::MissingColumn { .. } => "missing-column",
            Self::WrongType { .. } => "column-type",
            Self::EnumDiffers { .. } => "enum-values",
            Self::Misfit(misfit) => match misfit.fault {
                MisfitFault::Values { .. } => "column-values",
                MisfitFault::Collation { .. } => "column-collation",
            },
            Self::CaptureFails { .. } => "capture-fails",
            Self::NoIndex => "no-index",
            Self::UnknownEvent { .. } => "unknown-event",
            Self::Argument { fault, .. } => match fault {
                ArgumentFault::NoObject => "argument-no-object",
                ArgumentFault::Missing(_) => "argument-missing",
                ArgumentFault::WrongKind { .. } => "argument-type",
                ArgumentFault::UndeclaredValue { .. } => "argument-value",
                ArgumentFault::UndeclaredKey { .. } => "argument-undeclared",
            },
            Self::UnreadVersion { .. } => "unread-version",
            Self::UnreadTime { .. } => "unread-time",
            Self::Silent { .. } => "silent-code",
        }
    }

    /// How much it matters.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::MissingTable { .. }
            | Self::MissingColumn { .. }
            | Self::WrongType { .. }
            | Self::Misfit(_)
            | Self::CaptureFails { .. }
            | Self::UnreadVersion { .. }
            | Self::UnreadTime { .. }
            | Self::Argument { .. } => match self {
                Self::Argument {
                    fault: ArgumentFault::UndeclaredKey { .. },
                    ..
                } => Level::Warning,
                _ => Level::Error,
            },
            Self::EnumDiffers { impossible, .. } if !impossible.is_empty() => Level::Error,
            Self::EnumDiffers { .. }
            | Self::NoIndex
            | Self::UnknownEvent { .. }
            | Self::Silent { .. } => Level::Warning,
        }
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::MissingTable { .. }
            | Self::MissingColumn { .. }
            | Self::WrongType { .. }
            | Self::EnumDiffers { .. }
            | Self::Misfit(_)
            | Self::CaptureFails { .. } => Subject::Product,
            Self::NoIndex
            | Self::UnknownEvent { .. }
            | Self::Argument { .. }
            | Self::UnreadVersion { .. }
            | Self::UnreadTime { .. }
            | Self::Silent { .. } => Subject::Log,
        }
    }
}
