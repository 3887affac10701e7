//! Visitors who are the same person as a signed-in user: `identity: person`.
//!
//! A row with a user and a visitor links them, whatever its event is. A visitor who is linked to
//! several users in the window stays a visitor.

use crate::EventLog;
use crate::dialect::Dialect;
use crate::event_log_sql;
use crate::layout::{Block, Select};
use crate::user_ids;

/// Returns the common table expressions that map visitors to their users.
pub fn linked(log: EventLog) -> [(String, Block); 2] {
    let (visitor, user) = match log.dialect {
        Dialect::Postgres => (
            "('visitor ' || anonymous_user_id::text) COLLATE \"C\"",
            "('user ' || user_id::text) COLLATE \"C\"",
        ),
        Dialect::Sqlite => ("'visitor ' || anonymous_user_id", "'user ' || user_id"),
    };
    let mut conditions = event_log_sql::in_window(log);
    conditions.push(user_ids::has_user(log).into());
    conditions.push(user_ids::has_visitor(log.dialect).into());
    let signed_in = Select {
        columns: vec![
            format!("{visitor} AS visitor").into(),
            format!("{user} AS person").into(),
        ],
        from: vec!["FROM event_logs".into()],
        conditions,
        ..Select::default()
    };
    let linked = Select {
        columns: vec![
            "visitor".into(),
            "min(person) AS person".into(),
            "max(person) AS other".into(),
        ],
        from: vec!["FROM signed_in".into()],
        group_by: vec!["visitor".into()],
        ..Select::default()
    };
    [
        ("signed_in".to_owned(), signed_in.block()),
        ("linked".to_owned(), linked.block()),
    ]
}

/// Returns the rows of `events` with the user of each visitor. `columns` are the other columns.
pub fn identified(columns: impl IntoIterator<Item = Block>, person: &str) -> Select {
    let columns = columns.into_iter();
    let columns = columns.map(|name| Block::from("events.").then(name));
    let of_person = format!("coalesce(linked.person, events.{person}) AS {person}");
    Select {
        columns: columns.chain([of_person.into()]).collect(),
        from: vec![
            "FROM events".into(),
            format!(
                "LEFT JOIN linked ON linked.visitor = events.{person} AND linked.person = linked.other"
            )
            .into(),
        ],
        ..Select::default()
    }
}
