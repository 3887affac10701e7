//! Values on their way to a database and back.

use pings_model::ValueType;
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{ColumnIndex, Database, Decode, Row, Type};

/// A value that a statement takes.
#[derive(Clone, Copy, Debug)]
pub enum Bind<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Nothing.
    Null,
}

/// A value that a query answered.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// True or false.
    Boolean(bool),
}

impl Cell {
    /// The whole number that it is.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// The text that it is.
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
    /// The cells of the columns of these types, from the first column on.
    fn cells(&self, types: &[ValueType]) -> sqlx::Result<Vec<Cell>>;
}

impl Reading for SqliteRow {
    fn cells(&self, types: &[ValueType]) -> sqlx::Result<Vec<Cell>> {
        cells(self, types, |row, place| {
            // SQLite may give a whole number as an integer, whatever it was asked for.
            row.try_get::<Option<f64>, _>(place).or_else(|error| {
                let whole: Option<i64> = row.try_get(place).map_err(|_| error)?;
                Ok(whole.map(|whole| whole as f64))
            })
        })
    }
}

impl Reading for PgRow {
    fn cells(&self, types: &[ValueType]) -> sqlx::Result<Vec<Cell>> {
        cells(self, types, |row, place| row.try_get(place))
    }
}

fn cells<R>(
    row: &R,
    types: &[ValueType],
    number: impl Fn(&R, usize) -> sqlx::Result<Option<f64>>,
) -> sqlx::Result<Vec<Cell>>
where
    R: Row,
    usize: ColumnIndex<R>,
    R::Database: Database,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
{
    if row.len() != types.len() {
        let message = format!(
            "{} columns where there should be {}",
            row.len(),
            types.len()
        );
        return Err(sqlx::Error::Decode(message.into()));
    }
    let cell = |(place, ty): (usize, &ValueType)| {
        Ok(match ty {
            ValueType::Integer | ValueType::Null => {
                row.try_get::<Option<i64>, _>(place)?.map(Cell::Integer)
            }
            ValueType::Number => number(row, place)?.map(Cell::Number),
            ValueType::Boolean => row.try_get::<Option<bool>, _>(place)?.map(Cell::Boolean),
            ValueType::Text | ValueType::Timestamp | ValueType::Json => {
                row.try_get::<Option<String>, _>(place)?.map(Cell::Text)
            }
        }
        .unwrap_or(Cell::Null))
    };
    types.iter().enumerate().map(cell).collect()
}
