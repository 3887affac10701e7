//! The value of a metric.

use pings_model::{Funnel, Registry, ValueType};
use pings_sql::{Column, Role};
use serde_json::{Map, Value as Json, json};

use super::merge;
use pings_database::Cell;
use pings_payload::{Failure, FailureKind};

/// The largest absolute value of a measure in a payload.
const SENT: f64 = pings_payload::Value::LARGEST;

/// The value of a metric, as reports contain it.
///
/// The JSON is `{"count":3}`, or with dimensions `{"by":["x"],"rows":[{"x":"a","count":3}]}`, or
/// for a funnel `{"steps":[{"events":["A"],"count":5,"users":4,"reached":4}]}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Value(Json);

impl Value {
    /// Returns the value as JSON.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.0
    }

    pub(super) fn new(json: Json) -> Self {
        Self(json)
    }

    /// Restores the stored value of a query with these columns. Databases that store JSON reorder
    /// the members, and an older registry may have had other columns.
    pub(super) fn kept(columns: &[Column], json: &Json) -> Result<Self, Failure> {
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
        Self::of_rows(columns, rows.ok_or_else(outdated)?)
    }

    /// Creates a value from the rows of a query with these columns.
    pub(crate) fn of_rows(columns: &[Column], rows: Vec<Vec<Cell>>) -> Result<Self, Failure> {
        let by: Vec<&str> = columns
            .iter()
            .filter(|column| column.role == Role::Dimension)
            .map(|column| column.name.as_str())
            .collect();
        let count = rows.len();
        check_numbers(columns, &rows)?;
        if !by.is_empty() {
            let rows = merge::merged(columns, rows)?;
            check_numbers(columns, &rows)?;
            let objects: Vec<Json> = rows.into_iter().map(|row| object(columns, row)).collect();
            return Ok(Self(json!({ "by": by, "rows": objects })));
        }
        let mut objects = rows.into_iter().map(|row| object(columns, row));
        match (objects.next(), objects.next()) {
            (Some(only), None) => Ok(Self(only)),
            _ => Err(Failure::new(
                FailureKind::Query,
                format!("the query returned {count} rows instead of 1"),
            )),
        }
    }

    /// Creates a value from the rows of a funnel's query: step, events, users, reached.
    pub(crate) fn of_steps(
        registry: &Registry,
        funnel: &Funnel,
        rows: &[Vec<Cell>],
    ) -> Result<Self, Failure> {
        if rows.len() != funnel.steps.len() {
            let (found, wanted) = (rows.len(), funnel.steps.len());
            return Err(Failure::new(
                FailureKind::Query,
                format!("the query returned {found} steps instead of {wanted}"),
            ));
        }
        let steps = funnel.steps.iter().zip(rows).map(|(events, row)| {
            let names: Vec<&str> = events
                .iter()
                .map(|event| registry.event(*event).name.as_str())
                .collect();
            let number = |place: usize| row.get(place).and_then(Cell::integer).unwrap_or_default();
            json!({
                "events": names,
                "count": number(1),
                "users": number(2),
                "reached": number(3),
            })
        });
        Ok(Self(json!({ "steps": steps.collect::<Vec<_>>() })))
    }
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

fn object(columns: &[Column], row: Vec<Cell>) -> Json {
    let members = columns.iter().zip(row);
    Json::Object(
        members
            .map(|(column, cell)| (column.name.clone(), json_of(cell)))
            .collect::<Map<_, _>>(),
    )
}

/// Converts a row that is stored as JSON. Returns `None` if its columns differ.
fn cells(columns: &[Column], json: &Json) -> Option<Vec<Cell>> {
    let object = json.as_object()?;
    let cell = |column: &Column| match (column.ty, object.get(&column.name)?) {
        (_, Json::Null) => column.nullable.then_some(Cell::Null),
        (ValueType::Integer | ValueType::Null, value) => value.as_i64().map(Cell::Integer),
        (ValueType::Number, value) => value.as_f64().map(Cell::Number),
        (ValueType::Boolean, value) => value.as_bool().map(Cell::Boolean),
        (_, value) => value.as_str().map(|text| Cell::Text(text.to_owned())),
    };
    (object.len() == columns.len())
        .then(|| columns.iter().map(cell).collect())
        .flatten()
}

fn json_of(cell: Cell) -> Json {
    match cell {
        Cell::Null => Json::Null,
        Cell::Integer(value) => value.into(),
        // A number that JSON cannot represent becomes null.
        Cell::Number(value) => value.into(),
        Cell::Text(value) => value.into(),
        Cell::Boolean(value) => value.into(),
    }
}
