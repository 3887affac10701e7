//! The value of a metric for all time, from the stored days and the rows that are not in them yet.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{EventMetric, Metric, ValueType};
use pings_sql::{Column, Dialect, Role, columns};
use serde_json::Value as Json;

use super::kept::Kept;
use crate::report::group::{digits, group_of};
use crate::report::sightings::first_times;
use crate::report::{Outcome, of_rows};

/// The total of a group up to a day.
#[derive(Clone, Debug)]
pub(super) struct Sums {
    /// The group in hexadecimal digits.
    pub(super) group: String,
    pub(super) events: i64,
    integer: i64,
    number: f64,
    /// The first and the last day that has an event.
    pub(super) days: [String; 2],
}

impl Sums {
    /// Returns the sums of a group over some days.
    pub(super) fn of_days(group: String, events: i64, integer: i64) -> Self {
        Self {
            group,
            events,
            integer,
            number: 0.0,
            days: Default::default(),
        }
    }
}

/// Returns the total of each group before a day.
pub(super) async fn sums(
    tx: &mut Transaction,
    kept: &Kept,
    query: &str,
    end: &str,
) -> sqlx::Result<Vec<Sums>> {
    let [integer, number] = match tx.dialect() {
        Dialect::Postgres => ["::bigint", "::double precision"],
        Dialect::Sqlite => ["", ""],
    };
    let parts = "grp, day, events, sum_integer, sum_number";
    let sql = format!(
        "SELECT {}, sum(events){integer}, sum(sum_integer){integer}, sum(sum_number){number}, \
           min(day), max(day) FROM (\n\
         SELECT {parts} FROM pings_total_days WHERE total = {}\n\
         UNION ALL\n\
         SELECT {parts} FROM (\n{query}) AS later\n\
         ) AS days WHERE day < $4 GROUP BY grp",
        digits(tx.dialect()),
        kept.id
    );
    let binds = [
        Bind::Integer(kept.read_to),
        Bind::Integer(i64::MAX),
        Bind::Text(&kept.since),
        Bind::Text(end),
    ];
    let (integer, text) = (ValueType::Integer, ValueType::Text);
    let types = [text, integer, integer, ValueType::Number, text, text];
    let rows = tx.rows(&sql, &binds, &types).await?.into_iter();
    let sums = rows.filter_map(|row| match <[Cell; 6]>::try_from(row) {
        Ok(
            [
                Cell::Text(group),
                Cell::Integer(events),
                Cell::Integer(integer),
                Cell::Number(number),
                Cell::Text(first),
                Cell::Text(last),
            ],
        ) => Some(Sums {
            group,
            events,
            integer,
            number,
            days: [first, last],
        }),
        _ => None,
    });
    Ok(sums.collect())
}

/// Returns the users of each group whose first event is in the total and before the end.
pub(super) async fn users(
    tx: &mut Transaction,
    code: &str,
    end: &str,
) -> Result<BTreeMap<String, i64>> {
    let mut users = BTreeMap::new();
    for (group, count) in first_times(tx, code, ["0001-01-01T00:00:00Z", end]).await? {
        // The group is serialized again, because databases format JSON differently.
        *users.entry(group.to_string()).or_default() += count;
    }
    Ok(users)
}

/// Returns the value of a metric.
pub(super) fn outcome(
    metric: &Metric,
    events: &EventMetric,
    sums: &[Sums],
    users: &BTreeMap<String, i64>,
) -> Outcome {
    let mut columns = columns(metric);
    // First-time users are filled in later.
    columns.retain(|column| column.role == Role::Dimension || column.name != "first_time_users");
    let mut rows: Vec<(Vec<Option<String>>, Vec<Cell>)> = Vec::new();
    for of_group in sums {
        let Some(Json::Array(values)) = group_of(&of_group.group) else {
            continue;
        };
        let users = users.get(&Json::from(values.as_slice()).to_string());
        let key: Vec<Option<String>> = values.iter().map(text).collect();
        let row = row(&columns, &key, of_group, users.copied().unwrap_or(0));
        rows.push((key, row));
    }
    let dimensions: Vec<&Column> = columns
        .iter()
        .filter(|column| column.role == Role::Dimension)
        .collect();
    rows.sort_by(|(one, _), (other, _)| in_order(&dimensions, one, other));
    let mut rows: Vec<Vec<Cell>> = rows.into_iter().map(|(_, row)| row).collect();
    if rows.is_empty() && events.by.is_empty() {
        let none = Sums::of_days(String::new(), 0, 0);
        rows.push(row(&columns, &[], &none, 0));
    }
    of_rows(&columns, rows)
}

/// Orders groups as queries do: missing values first, then `@other`, numbers by size, and texts by
/// their bytes.
fn in_order(dimensions: &[&Column], one: &[Option<String>], other: &[Option<String>]) -> Ordering {
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NEG_INFINITY);
    let values = dimensions.iter().zip(one.iter().zip(other));
    let orders = values.map(|(column, (one, other))| match (one, other) {
        (Some(one), Some(other)) if column.holds.is_numeric() => {
            number(one).total_cmp(&number(other))
        }
        _ => one.cmp(other),
    });
    orders.fold(Ordering::Equal, Ordering::then)
}

fn row(columns: &[Column], group: &[Option<String>], sums: &Sums, users: i64) -> Vec<Cell> {
    let mut group = group.iter();
    let cell = |column: &Column| match (column.role, column.name.as_str()) {
        (Role::Dimension, _) => match group.next().and_then(Option::as_ref) {
            Some(text) => Cell::Text(text.clone()),
            None => Cell::Null,
        },
        (Role::Measure, "count") => Cell::Integer(sums.events),
        (Role::Measure, "unique_users") => Cell::Integer(users),
        (Role::Measure, _) if column.ty == ValueType::Number => Cell::Number(sums.number),
        (Role::Measure, _) => Cell::Integer(sums.integer),
    };
    columns.iter().map(cell).collect()
}

fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
