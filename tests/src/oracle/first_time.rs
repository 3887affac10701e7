//! Users whose first such event ever lies in the week.

use std::collections::BTreeMap;
use std::ops::Range;

use super::log::{LogRow, User};

/// How many users begin in the week, of the rows of one kind of event, whenever they are.
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
            row("A", 1, "", 9),  // logged later, and yet before
            row("A", 2, "", 10), // the first instant
            row("A", 2, "", 12),
            row("A", 3, "", 20),  // after the week
            row("A", 0, "1", 19), // the visitor 1
            row("A", 0, "", 11),  // nobody
        ];
        assert_eq!(first_time_users(rows.iter(), &(10..20)), 2);
    }
}
