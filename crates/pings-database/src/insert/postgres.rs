//! Bulk inserts into PostgreSQL: a few rows as arrays, many rows with COPY.
//!
//! COPY sends its last messages in two writes, and the driver does not set `TCP_NODELAY`. Over TCP,
//! the second write waits up to 40 ms for the delayed acknowledgement of the first. A statement
//! with one array per column is a single write.

use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgConnection};

use crate::cell::Bind;

/// The size of the chunks in which COPY data is sent, in bytes.
const PIECE: usize = 1 << 18;

/// Inserts rows into a table. `values` contains the values of these columns, row by row.
pub(super) async fn insert(
    db: &mut PgConnection,
    table: &str,
    columns: &[&str],
    values: &[Bind<'_>],
) -> sqlx::Result<()> {
    if values.len() / columns.len() <= MOST_AS_ARRAYS
        && let Some(arrays) = arrays(columns.len(), values)
    {
        return insert_arrays(db, table, columns, arrays).await;
    }
    copy(db, table, columns, values).await
}

/// Inserts rows into a table with COPY, which converts each text to the type of its column.
pub(super) async fn copy(
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

/// The values of a column.
enum Array<'a> {
    Text(Vec<Option<&'a str>>),
    Integer(Vec<Option<i64>>),
    Number(Vec<Option<f64>>),
    /// Only NULLs, which fit a column of any type.
    Null,
}

/// Returns the values of each column, or `None` if a column contains several types.
fn arrays<'a>(columns: usize, values: &[Bind<'a>]) -> Option<Vec<Array<'a>>> {
    let array = |column: usize| {
        let of_column = || values.iter().skip(column).step_by(columns);
        let first = of_column().find(|value| !matches!(value, Bind::Null));
        Some(match first {
            None | Some(Bind::Null) => Array::Null,
            Some(Bind::Text(_)) => Array::Text(all(of_column(), |value| match value {
                Bind::Text(text) => Some(text),
                _ => None,
            })?),
            Some(Bind::Integer(_)) => Array::Integer(all(of_column(), |value| match value {
                Bind::Integer(number) => Some(number),
                _ => None,
            })?),
            Some(Bind::Number(_)) => Array::Number(all(of_column(), |value| match value {
                Bind::Number(number) => Some(number),
                _ => None,
            })?),
        })
    };
    (0..columns).map(array).collect()
}

/// Returns the values as one type, or `None` if a value that is not NULL has another type.
fn all<'v, 'a: 'v, T>(
    values: impl Iterator<Item = &'v Bind<'a>>,
    read: impl Fn(Bind<'a>) -> Option<T>,
) -> Option<Vec<Option<T>>> {
    let values = values.map(|value| match *value {
        Bind::Null => Some(None),
        value => read(value).map(Some),
    });
    values.collect()
}

async fn insert_arrays(
    db: &mut PgConnection,
    table: &str,
    columns: &[&str],
    arrays: Vec<Array<'_>>,
) -> sqlx::Result<()> {
    let (mut selected, mut taken, mut names) = (Vec::new(), Vec::new(), Vec::new());
    for array in &arrays {
        let ty = match array {
            Array::Text(_) => "text",
            Array::Integer(_) => "bigint",
            Array::Number(_) => "double precision",
            Array::Null => {
                selected.push("NULL".to_owned());
                continue;
            }
        };
        let place = taken.len() + 1;
        taken.push(format!("${place}::{ty}[]"));
        names.push(format!("c{place}"));
        selected.push(format!("c{place}"));
    }
    if taken.is_empty() {
        // In the tables of these crates, each row has at least one value.
        return Err(sqlx::Error::Protocol("rows without any value".to_owned()));
    }
    let statement = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM unnest({}) AS added ({})",
        columns.join(", "),
        selected.join(", "),
        taken.join(", "),
        names.join(", "),
    );
    // The names in the statement are constants in the program, and values are bound.
    let mut query = sqlx::query(AssertSqlSafe(statement)).persistent(false);
    for array in arrays {
        query = match array {
            Array::Text(texts) => query.bind(texts),
            Array::Integer(numbers) => query.bind(numbers),
            Array::Number(numbers) => query.bind(numbers),
            Array::Null => query,
        };
    }
    query.execute(db).await.map(|_| ())
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

/// Writes a text in the COPY format.
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

/// The maximum number of rows that are inserted into PostgreSQL as arrays. For more rows, COPY
/// takes a fifth less time, but adds up to 40 ms over TCP.
pub const MOST_AS_ARRAYS: usize = 4_096;

#[cfg(test)]
mod tests {
    use super::{arrays, copy_line};
    use crate::Bind;

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

    #[test]
    fn columns_of_mixed_types_are_not_arrays() {
        let row = [Bind::Null, Bind::Text("a"), Bind::Integer(1)];
        assert_eq!(arrays(3, &row.repeat(2)).map(|it| it.len()), Some(3));
        let mixed = [Bind::Integer(1), Bind::Null, Bind::Text("a")];
        assert!(arrays(1, &mixed).is_none());
    }
}
