//! Rows of a result, read alike from every database.

/// A row, by the places of its columns.
///
/// What may be NULL is asked for as such. Drivers must not be asked for
/// anything else: that of SQLite reads NULL as 0.
pub trait Cells {
    /// A whole number, or NULL.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else.
    fn integer_or_null(&self, column: usize) -> sqlx::Result<Option<i64>>;

    /// A number, or NULL.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else.
    fn number_or_null(&self, column: usize) -> sqlx::Result<Option<f64>>;

    /// A text, or NULL.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else.
    fn text_or_null(&self, column: usize) -> sqlx::Result<Option<String>>;

    /// True or false, or NULL.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else.
    fn boolean_or_null(&self, column: usize) -> sqlx::Result<Option<bool>>;

    /// A whole number.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else, or NULL.
    fn integer(&self, column: usize) -> sqlx::Result<i64> {
        present(column, self.integer_or_null(column)?)
    }

    /// A number.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else, or NULL.
    fn number(&self, column: usize) -> sqlx::Result<f64> {
        present(column, self.number_or_null(column)?)
    }

    /// A text.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else, or NULL.
    fn text(&self, column: usize) -> sqlx::Result<String> {
        present(column, self.text_or_null(column)?)
    }

    /// True or false.
    ///
    /// # Errors
    ///
    /// Where there is no such column, or it holds something else, or NULL.
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

/// The value, or else what a narrower type makes of it; the first error where neither fits.
#[cfg(feature = "postgres")]
fn widened<T, N: Into<T>>(
    value: sqlx::Result<Option<T>>,
    narrower: impl FnOnce() -> sqlx::Result<Option<N>>,
) -> sqlx::Result<Option<T>> {
    value.or_else(|error| Ok(narrower().map_err(|_| error)?.map(N::into)))
}

#[cfg(feature = "postgres")]
impl Cells for sqlx::postgres::PgRow {
    /// PostgreSQL gives a literal such as 1 as a narrower integer.
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
            // A whole number may come as an integer, whatever was asked for.
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

/// The type of a value, as SQLite calls it; none of NULL.
#[cfg(feature = "sqlite")]
fn kind(row: &sqlx::sqlite::SqliteRow, column: usize) -> sqlx::Result<Option<String>> {
    use sqlx::{Row, TypeInfo, ValueRef};
    let value = row.try_get_raw(column)?;
    Ok((!value.is_null()).then(|| value.type_info().name().to_owned()))
}

/// Returns the error for a value that is not of its column's type. It never shows a text, only
/// the type.
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
