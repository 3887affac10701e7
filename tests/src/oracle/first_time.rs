//! Users whose first event of a kind is in the week.

use std::collections::BTreeMap;
use std::ops::Range;

use super::log::{LogRow, User};

/// Returns how many users have their first row in the week. `rows` are all rows of a kind of event,
/// at any time.
pub fn first_time_users<'a>(rows: impl Iterator<Item = &'a LogRow>, week: &Range<i64>) -> usize {
    let mut first: BTreeMap<User, i64> = BTreeMap::new();
    for row in rows {
        if let Some(user) = row.user() {
            let first = first.entry(user).or_insert(row.timestamp);
            *first = row.timestamp.min(*first);
        }
    }
    first.values().filter(|first| week.contains(first)).count()
}

#[cfg(test)]
mod tests {
    use super::first_time_users;
    use crate::oracle::tests::row;

    #[test]
    fn whoever_was_there_before_is_no_beginner() {
        let rows = [
            row("A", 1, "", 15),
            row("A", 1, "", 9),  // logged later, but happened before
            row("A", 2, "", 10), // the first instant
            row("A", 2, "", 12),
            row("A", 3, "", 20),  // after the week
            row("A", 0, "1", 19), // the visitor 1
            row("A", 0, "", 11),  // no user
        ];
        assert_eq!(first_time_users(rows.iter(), &(10..20)), 2);
    }
}
