//! The functions and types that hand-written SQL may use because they have no side effects.
//!
//! The PostgreSQL functions are immutable or stable in its catalog and read no files, settings or
//! other sessions. The SQLite functions are innocuous in its own list or read a search index.
//! `tests/tests/numbers/sql_functions.rs` compares the lists with real databases.

pub mod postgres;
pub mod sqlite;

/// Returns whether a sorted list has a name.
pub(super) fn is_in(sorted: &[&str], name: &str) -> bool {
    sorted.binary_search(&name).is_ok()
}
