//! Whether the times in an SQLite log compare like texts.

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;
use pings_sql::{Dialect, has_no_such_day};
use serde_json::json;

/// Whether the times near a window in the rows with these names are texts of SQLite that compare as
/// they are: each can be read, and none has an offset or the hour 24.
pub(crate) async fn has_plain_times(
    tx: &mut Transaction,
    names: &[&str],
    [start, end]: &[String; 2],
) -> Result<bool> {
    if tx.dialect() == Dialect::Postgres {
        return Ok(false);
    }
    // Punctuation is enough to recognise the form that the runtime writes. Most rows only need the first
    // condition, and the calendar is asked for the days that some months do not have.
    let sql = format!(
        "SELECT NOT EXISTS (SELECT 1 FROM event_logs \
        WHERE name COLLATE BINARY IN (SELECT value FROM json_each($1)) \
          AND timestamp >= date($2, '-1 day') AND timestamp < date($3, '+1 day') \
          AND timestamp NOT GLOB '????-??-[012][0-8]T[01]?:??:??.???Z' \
          AND (substr(timestamp, 12, 2) > '23' \
            OR substr(timestamp, 9, 2) > '28' AND NOT (timestamp GLOB '[0-9][0-9][0-9][0-9]-*' \
                AND substr(timestamp, 6, 2) IN ('01', '03', '05', '07', '08', '10', '12') \
                AND substr(timestamp, 9, 2) IN ('29', '30', '31')) AND {} \
            OR timestamp NOT GLOB '????-??-??T??:??:??.???Z' \
              AND (strftime('%s', timestamp) IS NULL OR substr(timestamp, 11) GLOB '*[-+]*')))",
        has_no_such_day("timestamp")
    );
    let names = json!(names).to_string();
    let binds = [Bind::Text(&names), Bind::Text(start), Bind::Text(end)];
    let answer = tx.value(&sql, &binds, ValueType::Boolean).await?;
    Ok(answer == Some(Cell::Boolean(true)))
}
