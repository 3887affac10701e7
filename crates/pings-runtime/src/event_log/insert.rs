//! Writes rows to the event log in batches. Single inserts take about twenty times as long.

use std::fmt::Write;
use std::sync::LazyLock;

use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use super::row::{Row, write_timestamp};
use super::shape::{Shape, WRITTEN};
use super::user_id::Stored;
use pings_database::{Connection, MOST_AS_ARRAYS, Transaction, reason};

/// Inserts either all rows or no row into an event log of this shape, and returns how many rows the
/// database added. The number is smaller if a trigger skips rows or moves them to another table.
pub(crate) async fn insert(
    tx: &mut Transaction,
    shape: &Shape,
    rows: &[Row<'_>],
) -> sqlx::Result<u64> {
    let ids = rows
        .iter()
        .map(|row| shape.users.stored(row.user_id))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|reason| sqlx::Error::Encode(reason.into()))?;
    match tx.connection() {
        Connection::Sqlite(db) => insert_sqlite(db, rows, &ids).await,
        Connection::Postgres(db) if rows.len() <= MOST_AS_ARRAYS => {
            insert_arrays(db, &shape.insertion, rows, &ids).await
        }
        Connection::Postgres(db) => copy(db, rows, &ids).await,
    }
}

/// Returns whether the database rejects the rows themselves and would reject them again: because of
/// a constraint, a trigger that raises an error, or a value that a column or an index cannot hold.
pub(crate) fn is_refusal(error: &sqlx::Error) -> bool {
    if matches!(error, sqlx::Error::Encode(_)) {
        return true;
    }
    let sqlx::Error::Database(error) = error else {
        return false;
    };
    let code = error.code().unwrap_or_default();
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        // A row-level security policy judges the row. A missing GRANT has the same code, but says
        // nothing about the row.
        return error.routine() == Some("ExecWithCheckOptions")
            || code
                .get(..2)
                .is_some_and(|class| !OF_THE_DATABASE.contains(&class));
    }
    // The extended result codes of SQLite: `TOOBIG`, `CONSTRAINT` and `MISMATCH`.
    code.parse()
        .is_ok_and(|code: i32| matches!(code & 0xff, 18..=20))
}

/// The SQLSTATE classes for errors of the server, the session or the tables, as opposed to errors
/// of a row. Triggers may raise any other class.
const OF_THE_DATABASE: [&str; 19] = [
    "08", "0A", "25", "26", "28", "2D", "34", "3B", "3D", "3F", "40", "42", "53", "55", "57", "58",
    "F0", "HV", "XX",
];

/// Inserts the rows that the database accepts, by bisecting the batch. Returns the index of each
/// rejected row with the database's reason.
pub(crate) async fn insert_what_is_taken(
    tx: &mut Transaction,
    shape: &Shape,
    rows: &[Row<'_>],
) -> sqlx::Result<Vec<(usize, String)>> {
    let mut refused = Vec::new();
    let mut parts = vec![(0, rows.len())];
    while let Some((start, end)) = parts.pop() {
        tx.run("SAVEPOINT part", &[]).await?;
        let error = match insert(tx, shape, &rows[start..end]).await {
            Ok(_) => {
                tx.run("RELEASE SAVEPOINT part", &[]).await?;
                continue;
            }
            Err(error) if is_refusal(&error) => error,
            Err(error) => return Err(error),
        };
        tx.run("ROLLBACK TO SAVEPOINT part", &[]).await?;
        if end - start <= 1 {
            refused.push((start, reason(&error)));
        } else {
            let middle = start.midpoint(end);
            // The first half is pushed last, so that it is inserted first and the order is kept.
            parts.extend([(middle, end), (start, middle)]);
        }
    }
    Ok(refused)
}

/// The numbers of rows per statement. Each statement is prepared once.
const SIZES: [usize; 4] = [512, 64, 8, 1];

static STATEMENTS: LazyLock<[String; 4]> = LazyLock::new(|| {
    SIZES.map(|size| {
        let row = format!("({})", ["?"; WRITTEN.len()].join(", "));
        format!(
            "INSERT INTO event_logs ({}) VALUES {}",
            WRITTEN.join(", "),
            vec![row; size].join(", ")
        )
    })
});

async fn insert_sqlite(
    db: &mut SqliteConnection,
    mut rows: &[Row<'_>],
    mut ids: &[Stored<'_>],
) -> sqlx::Result<u64> {
    let mut added = 0;
    for (size, statement) in SIZES.into_iter().zip(STATEMENTS.iter()) {
        while let Some((some, rest)) = rows.split_at_checked(size) {
            rows = rest;
            let some_ids;
            (some_ids, ids) = ids.split_at(size);
            // The statement text is a constant of this module; all values are bound.
            let mut query = sqlx::query(AssertSqlSafe(statement.as_str()));
            for (row, id) in some.iter().zip(some_ids) {
                let mut timestamp = String::with_capacity(24);
                write_timestamp(row.timestamp, &mut timestamp);
                query = query.bind(row.name).bind(row.url);
                query = match *id {
                    Stored::Null => query.bind(None::<i64>),
                    Stored::Number(number) => query.bind(number),
                    Stored::Text(text) => query.bind(text),
                };
                query = query
                    .bind(row.anonymous_user_id)
                    .bind(row.source)
                    .bind(row.argument)
                    .bind(row.version)
                    .bind(timestamp);
            }
            added += query.execute(&mut *db).await?.rows_affected();
        }
    }
    Ok(added)
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
