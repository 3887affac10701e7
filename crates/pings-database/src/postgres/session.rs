//! The settings for every transaction in PostgreSQL.
//!
//! A role, a database or a pooler can change the meaning or the result of a statement. The settings
//! are local to the transaction, because PgBouncer rejects start-up parameters and reuses sessions.

use crate::access::Mode;

macro_rules! begin {
    ($how:literal) => {
        concat!(
            "BEGIN ISOLATION LEVEL ",
            $how,
            // These settings determine how texts, times and numbers are read and written.
            "; SET LOCAL standard_conforming_strings = on",
            "; SET LOCAL backslash_quote = safe_encoding",
            "; SET LOCAL TimeZone = 'UTC'",
            "; SET LOCAL DateStyle = 'ISO, MDY'",
            "; SET LOCAL IntervalStyle = postgres",
            "; SET LOCAL extra_float_digits = 3",
            "; SET LOCAL bytea_output = hex",
            "; SET LOCAL quote_all_identifiers = off",
            // These settings change the meaning of conditions.
            "; SET LOCAL transform_null_equals = off",
            "; SET LOCAL array_nulls = on",
            // Row security causes an error instead of hiding rows.
            "; SET LOCAL row_security = off",
            "; SET LOCAL gin_fuzzy_search_limit = 0",
            // Callers set their own limits afterwards.
            "; SET LOCAL statement_timeout = 0",
            // The same duration as `LOCK_PATIENCE`.
            "; SET LOCAL lock_timeout = '5s'",
            // The statements are short and read many rows, so that JIT compilation would take
            // longer than the execution.
            "; SET LOCAL jit = off",
        )
    };
}

const READ: &str = begin!("REPEATABLE READ READ ONLY");

/// Ensures that an acknowledged commit is on disk, even if the role sets `synchronous_commit` to
/// `off`.
const WRITE: &str = concat!(
    begin!("READ COMMITTED READ WRITE"),
    "; SELECT set_config('synchronous_commit', 'local', true) \
     WHERE current_setting('synchronous_commit') = 'off'"
);

/// Returns the statements that begin a transaction.
pub(crate) fn begin(mode: Mode) -> &'static str {
    match mode {
        Mode::Read => READ,
        Mode::Write => WRITE,
    }
}
