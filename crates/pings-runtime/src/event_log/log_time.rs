//! The times of the event log as texts.

use pings_sql::has_no_such_day;

/// Returns an SQL expression for a time as `2021-01-25T00:00:00Z`. The session is in UTC.
pub(crate) fn time_in_postgres(time: &str) -> String {
    format!(r#"to_char({time}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"#)
}

/// The same in SQLite, whatever way it is written there; NULL if it cannot be read.
pub(crate) fn time_in_sqlite(time: &str) -> String {
    // A report ignores values that sort before every date, although SQLite reads `0` as a time.
    format!(
        "CASE WHEN {time} < '0001-01-01' OR {} THEN NULL \
         ELSE strftime('%Y-%m-%dT%H:%M:%SZ', {time}, '+0 days') END",
        has_no_such_day(time)
    )
}
