//! Inserts rows into an event log in SQLite.

use std::sync::LazyLock;

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::event_log::row::{Row, write_timestamp};
use crate::event_log::shape::WRITTEN;
use crate::event_log::user_id::Stored;

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

/// Inserts all rows, and returns how many rows the database added.
pub(super) async fn insert(
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
