//! Values that are bound to statements and read from results.

use std::fmt;

use pings_model::ValueType;
use sqlx::Row;
#[cfg(feature = "postgres")]
use sqlx::postgres::PgRow;
#[cfg(feature = "sqlite")]
use sqlx::sqlite::SqliteRow;
#[cfg(feature = "sqlite")]
use sqlx::{Column, TypeInfo, ValueRef};

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum Bind<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// NULL.
    Null,
}

/// A value in the result of a query.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Boolean(bool),
}

impl Cell {
    /// Returns the value if it is a whole number.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// Returns the value if it is a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(value) => Some(value),
            _ => None,
        }
    }
}

/// A row that can be read as cells.
pub(crate) trait Reading {
    /// Reads the first columns, which must have these types.
    fn cells(&self, types: &[ValueType]) -> sqlx::Result<Vec<Cell>>;
}

#[cfg(feature = "sqlite")]
impl Reading for SqliteRow {
    fn cells(&self, types: &[ValueType]) -> sqlx::Result<Vec<Cell>> {
        cells(self, types, in_sqlite)
    }
}

#[cfg(feature = "postgres")]
impl Reading for PgRow {
    fn cells(&self, types: &[ValueType]) -> sqlx::Result<Vec<Cell>> {
        cells(self, types, in_postgres)
    }
}

fn cells<R: Row>(
    row: &R,
    types: &[ValueType],
    read: impl Fn(&R, usize, ValueType) -> sqlx::Result<Option<Cell>>,
) -> sqlx::Result<Vec<Cell>> {
    if row.len() != types.len() {
        let message = format!("found {} columns, expected {}", row.len(), types.len());
        return Err(sqlx::Error::Decode(message.into()));
    }
    types
        .iter()
        .enumerate()
        .map(|(place, ty)| Ok(read(row, place, *ty)?.unwrap_or(Cell::Null)))
        .collect()
}

/// Reads a value from PostgreSQL, which returns the type that the query requests.
#[cfg(feature = "postgres")]
fn in_postgres(row: &PgRow, place: usize, ty: ValueType) -> sqlx::Result<Option<Cell>> {
    Ok(match ty {
        ValueType::Integer | ValueType::Null => {
            row.try_get::<Option<i64>, _>(place)?.map(Cell::Integer)
        }
        ValueType::Number => row.try_get::<Option<f64>, _>(place)?.map(Cell::Number),
        ValueType::Boolean => row.try_get::<Option<bool>, _>(place)?.map(Cell::Boolean),
        ValueType::Text | ValueType::Timestamp | ValueType::Json => {
            text(row.try_get::<Option<String>, _>(place))?.map(Cell::Text)
        }
    })
}

/// Reads a value from SQLite, where each value has its own type, independent of the query.
#[cfg(feature = "sqlite")]
fn in_sqlite(row: &SqliteRow, place: usize, ty: ValueType) -> sqlx::Result<Option<Cell>> {
    let found = row.try_get_raw(place)?;
    if found.is_null() {
        return Ok(None);
    }
    let kind = found.type_info().name().to_owned();
    let wrong = |value: String| {
        Err(sqlx::Error::Decode(Box::new(WrongType {
            column: row.column(place).name().to_owned(),
            value,
            declared: ty,
        })))
    };
    match (ty, kind.as_str()) {
        (ValueType::Text | ValueType::Timestamp | ValueType::Json, _) => {
            Ok(text(row.try_get::<Option<String>, _>(place))?.map(Cell::Text))
        }
        (_, "INTEGER") => {
            let whole: i64 = row.try_get(place)?;
            match (ty, whole) {
                (ValueType::Number, whole) => Ok(Some(Cell::Number(whole as f64))),
                (ValueType::Boolean, 0 | 1) => Ok(Some(Cell::Boolean(whole == 1))),
                (ValueType::Boolean, _) => wrong(whole.to_string()),
                _ => Ok(Some(Cell::Integer(whole))),
            }
        }
        (ValueType::Number, "REAL") => Ok(row.try_get::<Option<f64>, _>(place)?.map(Cell::Number)),
        (_, "REAL") => wrong(shown(row.try_get(place)?)),
        (_, kind) => wrong(format!("of type {}", kind.to_ascii_lowercase())),
    }
}

/// Formats a number for display.
#[cfg(feature = "sqlite")]
fn shown(number: f64) -> String {
    if number.abs() < 1e15 {
        number.to_string()
    } else {
        format!("{number:e}")
    }
}

/// Returns a text, or `None` if its bytes are not UTF-8.
fn text(read: sqlx::Result<Option<String>>) -> sqlx::Result<Option<String>> {
    match read {
        Err(sqlx::Error::ColumnDecode { source, .. }) if source.is::<std::str::Utf8Error>() => {
            Ok(None)
        }
        read => read,
    }
}

/// The error for a value that does not have the declared type of its column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongType {
    /// The name of the column.
    pub column: String,
    /// The value. For texts and blobs, only the type is shown.
    pub value: String,
    /// The declared type of the column.
    pub declared: ValueType,
}

impl fmt::Display for WrongType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let declared = match self.declared {
            ValueType::Number => "number",
            ValueType::Boolean => "boolean",
            ValueType::Text => "text",
            ValueType::Timestamp => "timestamp",
            ValueType::Json => "json",
            ValueType::Integer | ValueType::Null => "integer",
        };
        let Self { column, value, .. } = self;
        write!(
            f,
            "`{column}` is {value}, but `columns` declares {declared}"
        )
    }
}

impl std::error::Error for WrongType {}
