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

#[cfg(feature = "sqlite")]
impl Cells for sqlx::sqlite::SqliteRow {
    fn integer_or_null(&self, column: usize) -> sqlx::Result<Option<i64>> {
        sqlx::Row::try_get(self, column)
    }

    /// SQLite may give a whole number as an integer, whatever it was asked for.
    fn number_or_null(&self, column: usize) -> sqlx::Result<Option<f64>> {
        sqlx::Row::try_get(self, column).or_else(|error| {
            let whole = self.integer_or_null(column).map_err(|_| error)?;
            Ok(whole.map(|whole| whole as f64))
        })
    }

    fn text_or_null(&self, column: usize) -> sqlx::Result<Option<String>> {
        sqlx::Row::try_get(self, column)
    }

    fn boolean_or_null(&self, column: usize) -> sqlx::Result<Option<bool>> {
        sqlx::Row::try_get(self, column)
    }
}
