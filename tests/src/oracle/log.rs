//! Rows of the event log.

use std::ops::Range;

use pings_model::Event;

/// A row of `event_logs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRow {
    /// The wire name.
    pub name: String,
    /// The user; 0 is nobody in particular.
    pub user_id: i64,
    /// The visitor; empty is nobody.
    pub anonymous_user_id: String,
    /// What was logged with it, if anything; any text.
    pub argument: Option<String>,
    /// Unix milliseconds.
    pub timestamp: i64,
    /// Who logged it.
    pub source: String,
    /// The version of the product.
    pub version: String,
}

/// Whom a row is of: the visitor `5` is not the user 5.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum User {
    /// Somebody who is signed in.
    SignedIn(i64),
    /// A visitor.
    Visitor(String),
}

impl LogRow {
    /// Whom it is of, if anybody.
    pub(super) fn user(&self) -> Option<User> {
        if self.user_id > 0 {
            Some(User::SignedIn(self.user_id))
        } else if self.anonymous_user_id.is_empty() {
            None
        } else {
            Some(User::Visitor(self.anonymous_user_id.clone()))
        }
    }

    /// Whether it is such an event, by its name of today or one it had before.
    pub(super) fn is(&self, event: &Event) -> bool {
        event.wire_names().any(|name| name == self.name)
    }

    /// Whether it lies in the week.
    pub(super) fn is_in(&self, week: &Range<i64>) -> bool {
        week.contains(&self.timestamp)
    }
}
