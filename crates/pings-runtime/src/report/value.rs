//! The value of a metric, from the rows of a query.

use pings_model::{Funnel, Registry, ValueType};
use pings_sql::{Column, Role};
use serde_json::{Number, Value as Json};

use super::merge;
use pings_database::Cell;
use pings_payload::{Failure, FailureKind, Row, Step, Value, dimension_value};

/// The largest absolute value of a measure in a payload.
const SENT: f64 = Value::LARGEST;

/// Restores the stored value of a query with these columns. Databases that store JSON reorder the
/// members, and an older registry may have had other columns.
pub(super) fn kept(columns: &[Column], json: &Json) -> Result<Value, Failure> {
    let outdated = || {
        let message = "the metric was captured with other columns; capture it again";
        Failure::new(FailureKind::Outdated, message)
    };
    let objects = match json.get("rows").and_then(Json::as_array) {
        Some(rows) => rows.iter().collect(),
        None => vec![json],
    };
    let rows: Option<Vec<Vec<Cell>>> = objects
        .into_iter()
        .map(|object| cells(columns, object))
        .collect();
    of_rows(columns, rows.ok_or_else(outdated)?)
}

/// Creates a value from the rows of a query with these columns.
pub(crate) fn of_rows(columns: &[Column], rows: Vec<Vec<Cell>>) -> Result<Value, Failure> {
    let by = dimensions(columns);
    let count = rows.len();
    check_numbers(columns, &rows)?;
    if !by.is_empty() {
        let rows = merge::merged(columns, rows)?;
        check_numbers(columns, &rows)?;
        let rows = rows.into_iter().map(|cells| row(columns, cells));
        let rows = rows.collect::<Result<_, _>>()?;
        return Ok(Value::Rows { by, rows });
    }
    let mut rows = rows.into_iter();
    match (rows.next(), rows.next()) {
        (Some(only), None) => Ok(Value::One(row(columns, only)?.measures)),
        _ => Err(Failure::new(
            FailureKind::Query,
            format!("the query returned {count} rows instead of 1"),
        )),
    }
}

/// Returns the names of the dimensions among the columns.
pub(super) fn dimensions(columns: &[Column]) -> Vec<String> {
    let dimensions = columns.iter().filter(|it| it.role == Role::Dimension);
    dimensions.map(|column| column.name.clone()).collect()
}

/// Creates a value from the rows of a funnel's query: step, events, users, reached.
pub(crate) fn of_steps(
    registry: &Registry,
    funnel: &Funnel,
    rows: &[Vec<Cell>],
) -> Result<Value, Failure> {
    if rows.len() != funnel.steps.len() {
        let (found, expected) = (rows.len(), funnel.steps.len());
        return Err(Failure::new(
            FailureKind::Query,
            format!("the query returned {found} steps instead of {expected}"),
        ));
    }
    let steps = funnel.steps.iter().zip(rows).map(|(events, row)| {
        let names = events
            .iter()
            .map(|event| registry.event(*event).name.clone());
        let number = |place: usize| row.get(place).and_then(Cell::integer).unwrap_or_default();
        let measures = [("count", 1), ("users", 2), ("reached", 3)];
        let measures = measures.map(|(name, place)| (name.to_owned(), Some(number(place).into())));
        Step {
            events: names.collect(),
            measures: measures.into(),
        }
    });
    Ok(Value::Steps(steps.collect()))
}

/// Checks that a payload can contain the numbers.
fn check_numbers(columns: &[Column], rows: &[Vec<Cell>]) -> Result<(), Failure> {
    let cells = rows.iter().flat_map(|row| columns.iter().zip(row));
    for (column, cell) in cells {
        let &Cell::Number(number) = cell else {
            continue;
        };
        let reason = match number.is_finite() {
            // A measure that may be null becomes null.
            false if column.nullable => continue,
            false => "is a number that JSON cannot represent".to_owned(),
            true if column.role == Role::Measure && number.abs() > SENT => {
                format!("is {number:e}, but at most {SENT:e} in size can be sent")
            }
            true => continue,
        };
        let message = format!("`{}` {reason}", column.name);
        return Err(Failure::new(FailureKind::Query, message));
    }
    Ok(())
}

/// Converts a row of a query with these columns.
fn row(columns: &[Column], cells: Vec<Cell>) -> Result<Row, Failure> {
    let (mut group, mut measures) = (Vec::new(), Vec::new());
    for (column, cell) in columns.iter().zip(cells) {
        match column.role {
            Role::Dimension => group.push(dimension(column, cell)),
            Role::Measure => measures.push((column.name.clone(), measure(column, cell)?)),
        }
    }
    Ok(Row { group, measures })
}

/// Returns the value of a dimension, with the type that the registry gives it.
fn dimension(column: &Column, cell: Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Integer(value) => value.into(),
        // A number that JSON cannot represent becomes null.
        Cell::Number(value) => value.into(),
        Cell::Text(value) => dimension_value(&value, column.holds),
        Cell::Boolean(value) => value.into(),
    }
}

fn measure(column: &Column, cell: Cell) -> Result<Option<Number>, Failure> {
    match cell {
        Cell::Null => Ok(None),
        Cell::Integer(value) => Ok(Some(value.into())),
        // A number that JSON cannot represent becomes null.
        Cell::Number(value) => Ok(Number::from_f64(value)),
        Cell::Boolean(value) => Ok(Some(u8::from(value).into())),
        Cell::Text(_) => {
            let message = format!("`{}` is a text, but a measure is a number", column.name);
            Err(Failure::new(FailureKind::Withheld, message))
        }
    }
}

/// Converts a row that is stored as JSON. Returns `None` if its columns differ.
fn cells(columns: &[Column], json: &Json) -> Option<Vec<Cell>> {
    let object = json.as_object()?;
    let cell = |column: &Column| match (column.ty, object.get(&column.name)?) {
        (_, Json::Null) => column.nullable.then_some(Cell::Null),
        (ValueType::Integer | ValueType::Null, value) => value.as_i64().map(Cell::Integer),
        (ValueType::Number, value) => value.as_f64().map(Cell::Number),
        // As a measure, true is 1 and false is 0.
        (ValueType::Boolean, value) if column.role == Role::Measure => {
            value.as_i64().map(Cell::Integer)
        }
        (ValueType::Boolean, value) => value.as_bool().map(Cell::Boolean),
        (_, value) => value.as_str().map(|text| Cell::Text(text.to_owned())),
    };
    (object.len() == columns.len())
        .then(|| columns.iter().map(cell).collect())
        .flatten()
}
