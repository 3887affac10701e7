//! The settings that every transaction on PostgreSQL runs with.
//!
//! A role, a database or a pooler can change what a statement means or what it finds.
//! The settings are local to the transaction: PgBouncer refuses start-up parameters,
//! and hands sessions out again.

use crate::Mode;

macro_rules! begin {
    ($how:literal) => {
        concat!(
            "BEGIN ISOLATION LEVEL ",
            $how,
            // How texts, times and numbers are read and written.
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
            // Rows are refused with an error rather than hidden.
            "; SET LOCAL row_security = off",
            "; SET LOCAL gin_fuzzy_search_limit = 0",
            // Callers set their own limits after this.
            "; SET LOCAL statement_timeout = 0",
            // As long as `LOCK_PATIENCE`.
            "; SET LOCAL lock_timeout = '5s'",
            // Short statements over many rows: compiling them takes longer than running them.
            "; SET LOCAL jit = off",
        )
    };
}

const READ: &str = begin!("REPEATABLE READ READ ONLY");

/// A commit that was acknowledged is on a disk, also where the role says `off`.
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
