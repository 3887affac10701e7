//! The user or visitor of an event, for every type of `user_id`.
//!
//! A numeric user id is a user if it is greater than 0, even if it is stored as text. Any other
//! text is a user unless it is empty or the nil UUID. A row without a user belongs to the visitor
//! in `anonymous_user_id`, if that is not empty.

use crate::dialect::Dialect;
use crate::event_log::{EventLog, UserIdType};
use crate::layout::Block;

/// Returns the condition that an event has a user. The condition may be NULL if there is no user.
pub fn has_user(log: EventLog) -> &'static str {
    match (log.dialect, log.user_id) {
        (Dialect::Postgres, Some(UserIdType::Integer)) => "user_id > 0",
        (Dialect::Postgres, Some(UserIdType::Uuid)) => {
            "user_id <> '00000000-0000-0000-0000-000000000000'"
        }
        // Regular expressions do not work with a nondeterministic collation.
        (Dialect::Postgres, Some(UserIdType::Text) | None) => {
            "user_id::text COLLATE \"C\" !~ '^([0-]*|-[0-9]+)$'"
        }
        // SQLite sorts texts after all numbers, and an integer column can contain texts such as
        // `alice`.
        (Dialect::Sqlite, Some(UserIdType::Integer)) => {
            "user_id > 0 AND (typeof(user_id) = 'integer' OR trim(user_id, '-0') <> '')"
        }
        // The plus prevents 0 from being compared as a text.
        (Dialect::Sqlite, _) => {
            "+user_id > 0 AND trim(user_id, '-0') <> '' \
             AND (user_id NOT GLOB '-*' OR user_id GLOB '-*[^0-9]*')"
        }
    }
}

/// Returns the condition that an event without a user has a visitor.
pub fn has_visitor(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "anonymous_user_id::text <> ''",
        Dialect::Sqlite => "anonymous_user_id <> ''",
    }
}

/// Returns an expression for the kind of actor of an event: `user`, `visitor`, or NULL if there is
/// neither. The expression does not contain the id.
#[must_use]
pub fn actor_kind(log: EventLog) -> String {
    format!(
        "CASE WHEN {} THEN 'user' WHEN {} THEN 'visitor' END",
        has_user(log),
        has_visitor(log.dialect)
    )
}

/// Returns the user of an event as a text that differs from every visitor's text, or NULL if there
/// is neither user nor visitor.
pub fn person(log: EventLog) -> Block {
    let (user, visitor, end) = match log.dialect {
        // Binary comparison is needed because collations of the product's columns may treat
        // different texts as equal.
        Dialect::Postgres => (
            "user_id::text",
            "anonymous_user_id::text",
            "END COLLATE \"C\"",
        ),
        Dialect::Sqlite => ("user_id", "anonymous_user_id", "END"),
    };
    Block::from("CASE")
        .within(format!("WHEN {} THEN 'user ' || {user}", has_user(log)))
        .within(format!(
            "WHEN {} THEN 'visitor ' || {visitor}",
            has_visitor(log.dialect)
        ))
        .below(end)
}

/// Returns the same key in SQLite without concatenation: a blob never equals a number or a text.
pub fn sqlite_key(log: EventLog) -> String {
    let user = match log.user_id {
        Some(UserIdType::Integer) => "user_id",
        _ => "CAST(user_id AS TEXT)",
    };
    format!(
        "CASE WHEN {} THEN {user} WHEN anonymous_user_id <> '' THEN CAST(anonymous_user_id AS BLOB) END",
        has_user(log)
    )
}

/// Returns the user of an event in PostgreSQL, with a type that sorts quickly and compares by
/// bytes.
pub fn postgres_user(log: EventLog) -> &'static str {
    match log.user_id {
        Some(UserIdType::Integer | UserIdType::Uuid) => "user_id",
        Some(UserIdType::Text) | None => "user_id::text COLLATE \"C\"",
    }
}

/// The visitor of an event in PostgreSQL, empty if there is no visitor.
pub const POSTGRES_VISITOR: &str = "anonymous_user_id::text COLLATE \"C\"";
