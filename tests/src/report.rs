//! Converts query results to the values of a report.

use pings_model::{Metric, Registry, Source, ValueDomain, Version};
use pings_payload::dimension_value;
use pings_sql::{Column, Role};
use serde_json::{Map, Value, json};

use crate::answer::AnswerRow;

/// Converts the rows of a metric's query to the value in a report.
///
/// # Errors
///
/// Returns an error if the rows do not have the form of the metric's value.
pub fn metric(
    registry: &Registry,
    metric: &Metric,
    columns: &[Column],
    rows: Vec<AnswerRow>,
) -> Result<Value, String> {
    if let Source::Funnel(funnel) = &metric.source {
        let names = funnel.steps.iter().map(|events| {
            let names = events.iter().map(|event| &registry.event(*event).name);
            names.map(String::as_str).collect()
        });
        return steps(names.collect(), &rows);
    }
    let by: Vec<&str> = columns
        .iter()
        .filter(|column| column.role == Role::Dimension)
        .map(|column| column.name.as_str())
        .collect();
    if by.is_empty() {
        let count = rows.len();
        let mut rows = rows.into_iter();
        return match (rows.next(), rows.next()) {
            (Some(only), None) => Ok(Value::Object(only)),
            _ => Err(format!("one row is expected, not {count}")),
        };
    }
    let typed = |mut row: AnswerRow| {
        for column in columns.iter().filter(|it| it.role == Role::Dimension) {
            if let Some(value) = row.get_mut(&column.name)
                && let Value::String(text) = &*value
            {
                *value = dimension_value(text, column.holds);
            }
        }
        row
    };
    let mut rows: Vec<AnswerRow> = rows.into_iter().map(typed).collect();
    let domains = ValueDomain::of(registry, metric).into_iter();
    let is_version: Vec<bool> = domains
        .map(|(_, domain)| domain == ValueDomain::Versions)
        .collect();
    sort_versions(&mut rows, &by, &is_version);
    Ok(json!({ "by": by, "rows": rows }))
}

/// Sorts rows by their versions, which queries sort as texts. Other dimensions keep their order.
fn sort_versions(rows: &mut [AnswerRow], by: &[&str], is_version: &[bool]) {
    let (Some((name, later)), Some((is_first, later_is))) =
        (by.split_first(), is_version.split_first())
    else {
        return;
    };
    if *is_first {
        rows.sort_by_key(|row| version_key(row[*name].as_str()));
    }
    for group in rows.chunk_by_mut(|one, next| one[*name] == next[*name]) {
        sort_versions(group, later, later_is);
    }
}

/// The place of a version: none comes first, and other texts come last.
pub(crate) fn version_key(text: Option<&str>) -> (bool, bool, Option<Version>) {
    let version = text.and_then(|text| text.parse().ok());
    (text.is_some(), version.is_none(), version)
}

/// Converts rows with the number of a step to the steps of a funnel.
fn steps(names: Vec<Vec<&str>>, rows: &[AnswerRow]) -> Result<Value, String> {
    if names.len() != rows.len() {
        return Err(format!(
            "{} steps are expected, not {}",
            names.len(),
            rows.len()
        ));
    }
    let steps: Result<Vec<Value>, String> = names
        .iter()
        .zip(rows)
        .zip(1..)
        .map(|((events, row), number)| step(events, number, row))
        .collect();
    Ok(json!({ "steps": steps? }))
}

fn step(events: &[&str], number: u64, row: &Map<String, Value>) -> Result<Value, String> {
    let column = |name: &str| {
        let value = row.get(name).and_then(Value::as_u64);
        value.ok_or_else(|| format!("step {number} has no {name}"))
    };
    if column("step")? != number {
        return Err(format!("step {number} is called {}", column("step")?));
    }
    Ok(json!({
        "events": events,
        "count": column("events")?,
        "users": column("users")?,
        "reached": column("reached")?,
    }))
}
