//! Adding many rows at once: one by one takes twenty times as long.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgConnection, SqliteConnection};

use crate::{Bind, Connection, Transaction};

/// Rows of a statement of SQLite. Statements of a few sizes are prepared once each.
const SIZES: [usize; 4] = [512, 64, 8, 1];

/// The most values that one statement of SQLite takes.
const MOST: usize = 32_766;

/// How much of a COPY is sent at once.
const PIECE: usize = 1 << 18;

impl Transaction {
    /// Adds rows to a table, all or none: the values of these columns, one row after the other.
    ///
    /// # Errors
    ///
    /// What the database says.
    pub async fn insert(
        &mut self,
        table: &str,
        columns: &[&str],
        values: &[Bind<'_>],
    ) -> sqlx::Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        match self.connection() {
            Connection::Sqlite(db) => insert_sqlite(db, table, columns, values).await,
            Connection::Postgres(db) => insert_postgres(db, table, columns, values).await,
        }
    }
}

async fn insert_sqlite(
    db: &mut SqliteConnection,
    table: &str,
    columns: &[&str],
    mut values: &[Bind<'_>],
) -> sqlx::Result<()> {
    for size in SIZES.map(|size| size * columns.len()) {
        if size > MOST && size > columns.len() || size > values.len() {
            continue;
        }
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let statement = format!(
            "INSERT INTO {table} ({}) VALUES {}",
            columns.join(", "),
            vec![row; size / columns.len()].join(", ")
        );
        while let Some((some, rest)) = values.split_at_checked(size) {
            values = rest;
            // Its names are written in the program, and values are bound.
            let mut query = sqlx::query(AssertSqlSafe(statement.as_str()));
            for value in some {
                query = match *value {
                    Bind::Text(text) => query.bind(text),
                    Bind::Integer(number) => query.bind(number),
                    Bind::Number(number) => query.bind(number),
                    Bind::Null => query.bind(None::<i64>),
                };
            }
            query.execute(&mut *db).await?;
        }
    }
    Ok(())
}

async fn insert_postgres(
    db: &mut PgConnection,
    table: &str,
    columns: &[&str],
    values: &[Bind<'_>],
) -> sqlx::Result<()> {
    let mut copy = db
        .copy_in_raw(&format!("COPY {table} ({}) FROM STDIN", columns.join(", ")))
        .await?;
    let mut lines = Vec::with_capacity(PIECE.min(values.len() * 16));
    for row in values.chunks(columns.len()) {
        copy_line(row, &mut lines);
        if lines.len() >= PIECE {
            copy.send(lines.as_slice()).await?;
            lines.clear();
        }
    }
    copy.send(lines).await?;
    copy.finish().await?;
    Ok(())
}

fn copy_line(row: &[Bind<'_>], out: &mut Vec<u8>) {
    let mut number = String::new();
    for (place, value) in row.iter().enumerate() {
        if place > 0 {
            out.push(b'\t');
        }
        number.clear();
        // Writing to memory does not fail.
        let _ = match *value {
            Bind::Text(text) => {
                copy_text(text, out);
                Ok(())
            }
            Bind::Integer(value) => write!(number, "{value}"),
            Bind::Number(value) => write!(number, "{value:?}"),
            Bind::Null => write!(number, "\\N"),
        };
        out.extend_from_slice(number.as_bytes());
    }
    out.push(b'\n');
}

/// A text as COPY takes it.
fn copy_text(text: &str, out: &mut Vec<u8>) {
    let mut rest = text.as_bytes();
    while let Some(at) = rest
        .iter()
        .position(|byte| matches!(byte, b'\\' | b'\t' | b'\n' | b'\r'))
    {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(match rest[at] {
            b'\\' => b"\\\\",
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            _ => b"\\r",
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use pings_model::ValueType;

    use super::copy_line;
    use crate::{Access, Bind, Database, Mode};

    #[test]
    fn what_copy_would_take_for_its_own_is_escaped() {
        let mut out = Vec::new();
        let row = [
            Bind::Text("a\tb\nc\rd\\N \\. é"),
            Bind::Integer(-1),
            Bind::Number(1e300),
            Bind::Null,
        ];
        copy_line(&row, &mut out);
        let expected = "a\\tb\\nc\\rd\\\\N \\\\. é\t-1\t1e300\t\\N\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[tokio::test]
    async fn any_number_of_rows_is_added() {
        let url = "sqlite::memory:".parse().unwrap();
        let database = Database::open(&url, Access::Create).await.unwrap();
        let mut tx = database.begin(Mode::Write).await.unwrap();
        tx.script("CREATE TABLE t (a INTEGER, b TEXT, c REAL)")
            .await
            .unwrap();
        let mut expected = 0;
        for rows in [0, 1, 7, 8, 63, 100, 1_000] {
            let row = [Bind::Integer(1), Bind::Text("b"), Bind::Null];
            tx.insert("t", &["a", "b", "c"], &row.repeat(rows))
                .await
                .unwrap();
            expected += rows as i64;
            let sum = "SELECT sum(a) FROM t WHERE b = 'b' AND c IS NULL";
            let sum = tx.value(sum, &[], ValueType::Integer).await.unwrap();
            let sum = sum.and_then(|sum| sum.integer()).unwrap_or(0);
            assert_eq!(sum, expected);
        }
    }
}
