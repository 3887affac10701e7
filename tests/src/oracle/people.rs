//! Who counts as one user.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use pings_model::Identity;

use super::log::{LogRow, User};

/// The users of visitors who signed in.
#[derive(Debug, Default)]
pub struct People(BTreeMap<String, BTreeSet<i64>>);

impl People {
    /// Reads who signed in from which browser in the week.
    pub fn new(identity: Identity, rows: &[LogRow], week: &Range<i64>) -> Self {
        let mut people = Self::default();
        for row in rows.iter().filter(|row| row.is_in(week)) {
            let is_linking = row.user_id > 0 && !row.anonymous_user_id.is_empty();
            if is_linking && identity == Identity::Person {
                let users = people.0.entry(row.anonymous_user_id.clone()).or_default();
                users.insert(row.user_id);
            }
        }
        people
    }

    /// Returns the user of a row. A visitor with a single user is that user.
    pub fn user(&self, row: &LogRow) -> Option<User> {
        let user = row.user()?;
        let User::Visitor(visitor) = &user else {
            return Some(user);
        };
        let users = self.0.get(visitor).filter(|users| users.len() == 1);
        let only = users.and_then(BTreeSet::first).copied();
        Some(only.map_or(user.clone(), User::SignedIn))
    }
}
