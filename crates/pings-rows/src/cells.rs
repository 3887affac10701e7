//! Result rows of any database.

use std::str::FromStr;

use crate::dimension::Dimension;

/// A row with columns that are read by index.
///
/// Nullable columns are read as `Option`. This is necessary because the SQLite driver reads NULL as
/// 0 for other types.
pub trait Cells {
    /// Reads an integer or NULL.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    fn integer_or_null(&self, column: usize) -> sqlx::Result<Option<i64>>;

    /// Reads a number or NULL.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    fn number_or_null(&self, column: usize) -> sqlx::Result<Option<f64>>;

    /// Reads a text or NULL.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    fn text_or_null(&self, column: usize) -> sqlx::Result<Option<String>>;

    /// Reads a boolean or NULL.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    fn boolean_or_null(&self, column: usize) -> sqlx::Result<Option<bool>>;

    /// Reads a dimension with declared values, or NULL.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist or has another type.
    fn dimension_or_null<T: FromStr>(&self, column: usize) -> sqlx::Result<Option<Dimension<T>>> {
        let text = self.text_or_null(column)?;
        Ok(text.map(|text| Dimension::parse(&text)))
    }

    /// Reads a dimension with declared values.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist, has another type or is NULL.
    fn dimension<T: FromStr>(&self, column: usize) -> sqlx::Result<Dimension<T>> {
        Ok(Dimension::parse(&self.text(column)?))
    }

    /// Reads an integer.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist, has another type or is NULL.
    fn integer(&self, column: usize) -> sqlx::Result<i64> {
        present(column, self.integer_or_null(column)?)
    }

    /// Reads a number.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist, has another type or is NULL.
    fn number(&self, column: usize) -> sqlx::Result<f64> {
        present(column, self.number_or_null(column)?)
    }

    /// Reads a text.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist, has another type or is NULL.
    fn text(&self, column: usize) -> sqlx::Result<String> {
        present(column, self.text_or_null(column)?)
    }

    /// Reads a boolean.
    ///
    /// # Errors
    ///
    /// Returns an error if the column does not exist, has another type or is NULL.
    fn boolean(&self, column: usize) -> sqlx::Result<bool> {
        present(column, self.boolean_or_null(column)?)
    }
}

fn present<T>(column: usize, value: Option<T>) -> sqlx::Result<T> {
    value.ok_or_else(|| sqlx::Error::ColumnDecode {
        index: column.to_string(),
        source: Box::new(sqlx::error::UnexpectedNullError),
    })
}

/// Returns the value, or the value as a narrower type. If neither type fits, returns the first
/// error.
#[cfg(feature = "postgres")]
fn widened<T, N: Into<T>>(
    value: sqlx::Result<Option<T>>,
    narrower: impl FnOnce() -> sqlx::Result<Option<N>>,
) -> sqlx::Result<Option<T>> {
    value.or_else(|error| Ok(narrower().map_err(|_| error)?.map(N::into)))
}

#[cfg(feature = "postgres")]
impl Cells for sqlx::postgres::PgRow {
    /// PostgreSQL returns a literal such as 1 as a narrower integer.
    fn integer_or_null(&self, column: usize) -> sqlx::Result<Option<i64>> {
        widened::<i64, i32>(sqlx::Row::try_get(self, column), || {
            sqlx::Row::try_get(self, column)
        })
    }

    fn number_or_null(&self, column: usize) -> sqlx::Result<Option<f64>> {
        widened::<f64, f32>(sqlx::Row::try_get(self, column), || {
            sqlx::Row::try_get(self, column)
        })
    }

    fn text_or_null(&self, column: usize) -> sqlx::Result<Option<String>> {
        sqlx::Row::try_get(self, column)
    }

    fn boolean_or_null(&self, column: usize) -> sqlx::Result<Option<bool>> {
        sqlx::Row::try_get(self, column)
    }
}

/// SQLite stores a type with each value, which can differ from the declared type of the column.
#[cfg(feature = "sqlite")]
impl Cells for sqlx::sqlite::SqliteRow {
    fn integer_or_null(&self, column: usize) -> sqlx::Result<Option<i64>> {
        match kind(self, column)?.as_deref() {
            None => Ok(None),
            Some("INTEGER") => sqlx::Row::try_get(self, column),
            Some(kind) => Err(refused(self, column, kind, "integer")),
        }
    }

    fn number_or_null(&self, column: usize) -> sqlx::Result<Option<f64>> {
        match kind(self, column)?.as_deref() {
            None => Ok(None),
            Some("REAL") => sqlx::Row::try_get(self, column),
            // An integral number may be returned as an integer, even if another type is requested.
            Some("INTEGER") => {
                let whole: Option<i64> = sqlx::Row::try_get(self, column)?;
                Ok(whole.map(|whole| whole as f64))
            }
            Some(kind) => Err(refused(self, column, kind, "number")),
        }
    }

    /// A text whose bytes are not UTF-8 is NULL.
    fn text_or_null(&self, column: usize) -> sqlx::Result<Option<String>> {
        match sqlx::Row::try_get(self, column) {
            Err(sqlx::Error::ColumnDecode { source, .. }) if source.is::<std::str::Utf8Error>() => {
                Ok(None)
            }
            read => read,
        }
    }

    fn boolean_or_null(&self, column: usize) -> sqlx::Result<Option<bool>> {
        match kind(self, column)?.as_deref() {
            None => Ok(None),
            Some("INTEGER") => match sqlx::Row::try_get::<i64, _>(self, column)? {
                0 => Ok(Some(false)),
                1 => Ok(Some(true)),
                _ => Err(refused(self, column, "INTEGER", "boolean")),
            },
            Some(kind) => Err(refused(self, column, kind, "boolean")),
        }
    }
}

/// Returns SQLite's name for the type of a value, or `None` for NULL.
#[cfg(feature = "sqlite")]
fn kind(row: &sqlx::sqlite::SqliteRow, column: usize) -> sqlx::Result<Option<String>> {
    use sqlx::{Row, TypeInfo, ValueRef};
    let value = row.try_get_raw(column)?;
    Ok((!value.is_null()).then(|| value.type_info().name().to_owned()))
}

/// Returns the error for a value with another type than its column. The message never contains a
/// text, only its type.
#[cfg(feature = "sqlite")]
fn refused(
    row: &sqlx::sqlite::SqliteRow,
    column: usize,
    kind: &str,
    declared: &str,
) -> sqlx::Error {
    use sqlx::{Column, Row};
    let value = match kind {
        "INTEGER" => row.try_get(column).map(|whole: i64| whole.to_string()),
        "REAL" => row.try_get(column).map(|number: f64| number.to_string()),
        other => Ok(format!("of type {}", other.to_ascii_lowercase())),
    };
    let name = row.column(column).name();
    let value = value.unwrap_or_default();
    sqlx::Error::Decode(format!("`{name}` is {value}, but `columns` declares {declared}").into())
}
