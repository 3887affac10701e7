//! Maps database errors to the failure kinds of a report.

use pings_database::{Error, is_temporary, reason};
use pings_payload::{Failure, FailureKind};

/// Returns the failure for an error of a single query.
pub(crate) fn of_query(error: &sqlx::Error) -> Failure {
    Failure::new(kind(error), reason(error))
}

/// Returns the failure for an operation that runs several queries.
pub(crate) fn of_error(error: &Error) -> Failure {
    let kind = if error.is_temporary() {
        FailureKind::Database
    } else {
        FailureKind::Query
    };
    Failure::new(kind, error.to_string())
}

fn kind(error: &sqlx::Error) -> FailureKind {
    match error {
        sqlx::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => {
            FailureKind::TimeLimit
        }
        error if is_temporary(error) => FailureKind::Database,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            let message = error.message();
            // SQLSTATE codes: undefined table, column, schema and function. SQLite has no code for
            // these.
            let is_missing = matches!(&*code, "42P01" | "42703" | "3F000" | "42883")
                || message.starts_with("no such ");
            // SQLSTATE `query_canceled` and SQLite's `SQLITE_INTERRUPT`.
            let is_cancelled = matches!(&*code, "57014" | "9");
            match (is_missing, is_cancelled) {
                (true, _) => FailureKind::Schema,
                (_, true) => FailureKind::TimeLimit,
                _ => FailureKind::Query,
            }
        }
        _ => FailureKind::Query,
    }
}
