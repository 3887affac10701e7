//! What is known of an event log.

use crate::dialect::Dialect;
use crate::user_ids::UserIdType;

/// What is known of an event log and of the session that asks it. What is not
/// known must be asked in every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventLog {
    /// The database.
    pub dialect: Dialect,
    /// Whether the session's time zone is UTC, so that times of either kind compare as they are.
    pub is_utc: bool,
    /// Whether `argument` is of PostgreSQL's type `jsonb`, so that it is JSON.
    pub has_jsonb: bool,
    /// The type of `user_id`, where it is known.
    pub user_id: Option<UserIdType>,
    /// Whether every time near the window is a text of SQLite without an offset,
    /// so that texts compare as the times do.
    pub has_plain_times: bool,
}

impl EventLog {
    /// Any event log of that database.
    #[must_use]
    pub fn any(dialect: Dialect) -> Self {
        Self {
            dialect,
            is_utc: false,
            has_jsonb: false,
            user_id: None,
            has_plain_times: false,
        }
    }

    /// Whether a time of the log compares with a border of the window as it is.
    pub(crate) fn compares_exactly(self) -> bool {
        match self.dialect {
            Dialect::Postgres => self.is_utc,
            Dialect::Sqlite => self.has_plain_times,
        }
    }
}
