//! Hand-written SQL, split at the placeholders for the window.

/// The SQL of a `sql:` capture: one read-only statement as it was written, without a trailing
/// semicolon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlText(pub Vec<SqlPiece>);

/// A piece of hand-written SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SqlPiece {
    /// SQL text without placeholders.
    Text(String),
    /// `:week_start`, the first instant of the window.
    WeekStart,
    /// `:week_end`, the first instant after the window.
    WeekEnd,
    /// `:now`, the time of the run of captures, in whole seconds.
    Now,
}
