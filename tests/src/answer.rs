//! Converts query results of either database to rows of JSON.

use pings_model::ValueType;
use pings_sql::Column;
use serde_json::{Map, Value};
use sqlx::{ColumnIndex, Database, Decode, Row, Type};

/// A row of a result: the values by column name.
pub type AnswerRow = Map<String, Value>;

/// Reads the rows of a result with the declared types of the columns.
///
/// # Errors
///
/// Returns an error if the result has other columns or other types.
pub fn rows<R>(columns: &[Column], rows: &[R]) -> Result<Vec<AnswerRow>, String>
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> f64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    rows.iter().map(|row| self::row(columns, row)).collect()
}

fn row<R>(columns: &[Column], row: &R) -> Result<AnswerRow, String>
where
    R: Row,
    usize: ColumnIndex<R>,
    for<'r> i64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> f64: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> bool: Decode<'r, R::Database> + Type<R::Database>,
    for<'r> String: Decode<'r, R::Database> + Type<R::Database>,
{
    use sqlx::Column as _;
    let names: Vec<&str> = row.columns().iter().map(|column| column.name()).collect();
    let promised: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    if names != promised {
        return Err(format!(
            "the query selects {names:?} and promises {promised:?}"
        ));
    }
    let mut answer = Map::new();
    for (at, column) in columns.iter().enumerate() {
        let failed = |error: sqlx::Error| format!("column {}: {error}", column.name);
        let value = match column.ty {
            ValueType::Integer => row
                .try_get::<Option<i64>, _>(at)
                .map_err(failed)?
                .map(Value::from),
            ValueType::Number => row
                .try_get::<Option<f64>, _>(at)
                .map_err(failed)?
                .map(Value::from),
            ValueType::Boolean => row
                .try_get::<Option<bool>, _>(at)
                .map_err(failed)?
                .map(Value::from),
            _ => row
                .try_get::<Option<String>, _>(at)
                .map_err(failed)?
                .map(Value::from),
        };
        if value.is_none() && !column.nullable {
            return Err(format!(
                "column {} is NULL, which it promises not to be",
                column.name
            ));
        }
        answer.insert(column.name.clone(), value.unwrap_or(Value::Null));
    }
    Ok(answer)
}
