//! Hand-written SQL, split where the window goes.

/// SQL of a `sql:` capture: one read-only statement as it was written, without a semicolon behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlText(pub Vec<SqlPiece>);

/// A piece of hand-written SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlPiece {
    /// SQL as it stands.
    Text(String),
    /// `:week_start`, the first instant of the window.
    WeekStart,
    /// `:week_end`, the first instant after the window.
    WeekEnd,
}
