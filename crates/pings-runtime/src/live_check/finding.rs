//! Differences between the registry and the databases.

use pings_model::ColumnType;

use crate::capture::{Misfit, MisfitFault};

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Values are wrong or missing.
    Error,
    /// Values may be wrong or missing.
    Warning,
}

/// The database that a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The event log.
    Log,
    /// The database of the product.
    Product,
}

/// A difference between the registry and a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A table does not exist.
    MissingTable {
        /// The name of the table in the registry.
        table: String,
    },
    /// A column does not exist.
    MissingColumn {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
        /// An existing column with a similar name.
        near: Option<String>,
    },
    /// A column has another type than declared.
    WrongType {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
        /// The type in the registry.
        declared: ColumnType,
        /// The type in the database.
        real: String,
    },
    /// The enum values in the registry differ from those that the database allows.
    EnumDiffers {
        /// The name of the table.
        table: String,
        /// The name of the column.
        column: String,
        /// Values that only the registry has.
        impossible: Vec<String>,
        /// Values that only the database has.
        undeclared: Vec<String>,
    },
    /// Row-level security applies to the role that captures.
    HiddenRows {
        /// The table.
        table: String,
        /// The role.
        role: String,
    },
    /// A column holds values that its captures would read wrongly, so these captures are refused.
    Misfit(Misfit),
    /// The database rejects the query of a capture.
    CaptureFails {
        /// The code of the capture.
        code: String,
        /// The message of the database.
        reason: String,
    },
    /// The event log has no index that starts with name and timestamp.
    NoIndex,
    /// A logged event is not in the registry.
    UnknownEvent {
        /// The name of the event.
        name: String,
        /// The number of rows with this name among those that were read.
        count: u64,
        /// When the last of these rows was logged.
        last_seen: String,
        /// An event in the registry with a similar name.
        near: Option<String>,
    },
    /// Arguments do not match their declarations.
    Argument {
        /// The name of the event.
        event: String,
        /// The fault in the arguments.
        fault: ArgumentFault,
        /// The number of rows with this fault among those that were read.
        count: u64,
        /// The number of rows of the event that were read.
        of: u64,
        /// When the last of the faulty rows was logged.
        last_seen: String,
        /// The id of the last of the faulty rows.
        row: i64,
    },
    /// Rows have a version that cannot be parsed or has a form that the registry does not mention. The store does not trust any value of their week.
    UnreadVersion {
        /// The number of such rows among those that were read.
        count: u64,
        /// When the last of these rows was logged.
        last_seen: String,
        /// The id of the last of these rows.
        row: i64,
    },
    /// Rows have a time that cannot be parsed, so that no week counts them.
    UnreadTime {
        /// The number of such rows among those that were read.
        count: u64,
        /// The id of the last of these rows.
        row: i64,
    },
    /// Nothing was logged recently for a code.
    Silent {
        /// The code of the metric.
        code: String,
        /// Whether the metric is captured rather than counted from events.
        is_capture: bool,
        /// When something was last logged for the code; `None` if never.
        last_seen: Option<String>,
    },
}

/// A fault in the arguments of an event. A fault never contains a value that a user typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ArgumentFault {
    /// The arguments are not a JSON object.
    NoObject,
    /// A required argument is missing.
    Missing(String),
    /// An argument has a value of another kind.
    WrongKind {
        /// The name of the argument.
        argument: String,
        /// The kind in the registry.
        declared: &'static str,
        /// The kind that was logged.
        found: &'static str,
    },
    /// An argument has a value that is not among the declared ones.
    UndeclaredValue {
        /// The name of the argument.
        argument: String,
        /// The declared value that is probably meant, if there is a similar one.
        near: Option<String>,
    },
    /// An argument is not declared.
    UndeclaredKey {
        /// The key, if so many rows have it that it must come from code and not from a user.
        key: Option<String>,
    },
}

impl ArgumentFault {
    /// Returns the kind of the fault, as messages show it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NoObject => "argument-no-object",
            Self::Missing(_) => "argument-missing",
            Self::WrongKind { .. } => "argument-type",
            Self::UndeclaredValue { .. } => "argument-value",
            Self::UndeclaredKey { .. } => "argument-undeclared",
        }
    }
}

impl Finding {
    /// Returns the kind of the finding, as messages show it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::MissingTable { .. } => "missing-table",
            Self::MissingColumn { .. } => "missing-column",
            Self::WrongType { .. } => "column-type",
            Self::EnumDiffers { .. } => "enum-values",
            Self::HiddenRows { .. } => "hidden-rows",
            Self::Misfit(misfit) => match misfit.fault {
                MisfitFault::Values { .. } => "column-values",
                MisfitFault::Collation { .. } => "column-collation",
            },
            Self::CaptureFails { .. } => "capture-fails",
            Self::NoIndex => "no-index",
            Self::UnknownEvent { .. } => "unknown-event",
            Self::Argument { fault, .. } => fault.kind(),
            Self::UnreadVersion { .. } => "unread-version",
            Self::UnreadTime { .. } => "unread-time",
            Self::Silent { .. } => "silent-code",
        }
    }

    /// Returns the severity of the finding.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::MissingTable { .. }
            | Self::MissingColumn { .. }
            | Self::WrongType { .. }
            | Self::HiddenRows { .. }
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

    /// Returns the database that the finding is about.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::MissingTable { .. }
            | Self::MissingColumn { .. }
            | Self::WrongType { .. }
            | Self::EnumDiffers { .. }
            | Self::HiddenRows { .. }
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
