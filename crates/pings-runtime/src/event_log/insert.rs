//! Writes rows to the event log in batches. Single inserts take about twenty times as long.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "postgres")]
use sqlx::postgres::PgDatabaseError;

use super::row::Row;
use super::shape::Shape;
use pings_database::{Connection, Transaction, reason};

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
        #[cfg(feature = "sqlite")]
        Connection::Sqlite(db) => sqlite::insert(db, rows, &ids).await,
        #[cfg(feature = "postgres")]
        Connection::Postgres(db) => postgres::insert(db, &shape.insertion, rows, &ids).await,
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
    #[cfg(feature = "postgres")]
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
#[cfg(feature = "postgres")]
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
