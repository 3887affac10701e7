//! Inserts rows into an event log in PostgreSQL.

use std::fmt::Write;

use pings_database::MOST_AS_ARRAYS;
use sqlx::{AssertSqlSafe, PgConnection};

use crate::event_log::row::{Row, write_timestamp};
use crate::event_log::shape::WRITTEN;
use crate::event_log::user_id::Stored;

/// Inserts all rows, and returns how many rows the database added. `insertion` is the statement for
/// an event log of this shape.
pub(super) async fn insert(
    db: &mut PgConnection,
    insertion: &str,
    rows: &[Row<'_>],
    ids: &[Stored<'_>],
) -> sqlx::Result<u64> {
    if rows.len() <= MOST_AS_ARRAYS {
        insert_arrays(db, insertion, rows, ids).await
    } else {
        copy(db, rows, ids).await
    }
}

/// Inserts a few rows with one text array per column, in a single write to the server.
async fn insert_arrays(
    db: &mut PgConnection,
    insertion: &str,
    rows: &[Row<'_>],
    ids: &[Stored<'_>],
) -> sqlx::Result<u64> {
    if rows.is_empty() {
        return Ok(0);
    }
    let column =
        |read: for<'r> fn(&'r Row<'_>) -> &'r str| -> Vec<&str> { rows.iter().map(read).collect() };
    let ids = ids.iter().map(|id| match *id {
        Stored::Null => None,
        Stored::Number(number) => Some(number.to_string()),
        Stored::Text(text) => Some(text.to_owned()),
    });
    let timestamps = rows.iter().map(|row| {
        let mut timestamp = String::with_capacity(24);
        write_timestamp(row.timestamp, &mut timestamp);
        timestamp
    });
    // The statement text consists of column names and types; all values are bound.
    let query = sqlx::query(AssertSqlSafe(insertion))
        .persistent(false)
        .bind(column(|row| row.name))
        .bind(column(|row| row.url))
        .bind(ids.collect::<Vec<_>>())
        .bind(column(|row| row.anonymous_user_id))
        .bind(column(|row| row.source))
        .bind(column(|row| row.argument))
        .bind(column(|row| row.version))
        .bind(timestamps.collect::<Vec<_>>());
    Ok(query.execute(db).await?.rows_affected())
}

/// Inserts rows with COPY, which converts each text to the type of its column: json or text,
/// timestamp with or without a time zone.
async fn copy(db: &mut PgConnection, rows: &[Row<'_>], ids: &[Stored<'_>]) -> sqlx::Result<u64> {
    let mut lines = String::with_capacity(rows.len() * 160);
    for (row, id) in rows.iter().zip(ids) {
        copy_line(row, *id, &mut lines);
    }
    let mut copy = db
        .copy_in_raw(&format!(
            "COPY event_logs ({}) FROM STDIN",
            WRITTEN.join(", ")
        ))
        .await?;
    copy.send(lines.into_bytes()).await?;
    copy.finish().await
}

fn copy_line(row: &Row<'_>, id: Stored<'_>, out: &mut String) {
    copy_text(row.name, out);
    out.push('\t');
    copy_text(row.url, out);
    out.push('\t');
    match id {
        Stored::Null => out.push_str("\\N"),
        // Writing to a `String` does not fail.
        Stored::Number(number) => drop(write!(out, "{number}")),
        Stored::Text(text) => copy_text(text, out),
    }
    out.push('\t');
    copy_text(row.anonymous_user_id, out);
    out.push('\t');
    copy_text(row.source, out);
    out.push('\t');
    copy_text(row.argument, out);
    out.push('\t');
    copy_text(row.version, out);
    out.push('\t');
    write_timestamp(row.timestamp, out);
    out.push('\n');
}

/// Appends a text, escaped for COPY.
fn copy_text(mut text: &str, out: &mut String) {
    while let Some(at) = text.find(['\\', '\t', '\n', '\r']) {
        out.push_str(&text[..at]);
        out.push_str(match text.as_bytes()[at] {
            b'\\' => "\\\\",
            b'\t' => "\\t",
            b'\n' => "\\n",
            _ => "\\r",
        });
        text = &text[at + 1..];
    }
    out.push_str(text);
}

#[cfg(test)]
mod tests {
    use super::copy_text;

    #[test]
    fn what_copy_would_take_for_its_own_is_escaped() {
        let mut out = String::new();
        copy_text("a\tb\nc\rd\\N \\. é", &mut out);
        assert_eq!(out, "a\\tb\\nc\\rd\\\\N \\\\. é");
    }
}
