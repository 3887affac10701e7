//! The known properties of an event log.

use crate::dialect::Dialect;

/// The known properties of an event log and of the session that queries it. Unknown properties must
/// be checked in every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventLog {
    /// The database.
    pub dialect: Dialect,
    /// Whether the session's time zone is UTC, so that both kinds of timestamps can be compared
    /// directly.
    pub is_utc: bool,
    /// Whether `argument` has PostgreSQL's type `jsonb`, which is always valid JSON.
    pub has_jsonb: bool,
    /// The type of `user_id`, if it is known.
    pub user_id: Option<UserIdType>,
    /// Whether every time near the window is an SQLite text without an offset, so that texts
    /// compare like times.
    pub has_plain_times: bool,
}

impl EventLog {
    /// Returns the properties of an unknown event log in this database.
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

    /// Returns whether a time in the log can be compared directly with a bound of the window.
    pub(crate) fn compares_exactly(self) -> bool {
        match self.dialect {
            Dialect::Postgres => self.is_utc,
            Dialect::Sqlite => self.has_plain_times,
        }
    }
}

/// The type of `event_logs.user_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserIdType {
    /// Whole numbers; 0 or less means no user.
    Integer,
    /// Texts, which may contain numbers.
    Text,
    /// PostgreSQL's `uuid`; the nil UUID means no user.
    Uuid,
}
