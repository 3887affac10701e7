//! Rows of the event log.

use std::ops::Range;

use pings_model::Event;

/// A row of `event_logs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// The wire name.
    pub name: String,
    /// The user; 0 means no user.
    pub user_id: i64,
    /// The visitor; empty means no visitor.
    pub anonymous_user_id: String,
    /// The argument, which may be any text.
    pub argument: Option<String>,
    /// Unix milliseconds.
    pub timestamp: i64,
    /// The client that logged the row.
    pub source: String,
    /// The version of the product.
    pub version: String,
}

/// The user of a row. The visitor `5` is not the user 5.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// A signed-in user.
    SignedIn(i64),
    /// A visitor.
    Visitor(String),
}

impl LogRow {
    /// Returns the user of the row, if there is one.
    pub(super) fn user(&self) -> Option<User> {
        if self.user_id > 0 {
            Some(User::SignedIn(self.user_id))
        } else if self.anonymous_user_id.is_empty() {
            None
        } else {
            Some(User::Visitor(self.anonymous_user_id.clone()))
        }
    }

    /// Returns whether the row has the current or an older name of the event.
    pub(super) fn is(&self, event: &Event) -> bool {
        event.wire_names().any(|name| name == self.name)
    }

    /// Returns whether the row is in the week.
    pub(super) fn is_in(&self, week: &Range<i64>) -> bool {
        week.contains(&self.timestamp)
    }
}
