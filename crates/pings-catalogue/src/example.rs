//! An example of what a report contains of a metric.

use pings_model::{Metric, Registry, Source, ValueDomain, ValueType};
use pings_sql::{Column, Role};
use serde_json::{Map, Value, json};

/// Returns the member of `metrics` in a report, with made-up numbers.
pub(crate) fn report(
    registry: &Registry,
    metric: &Metric,
    columns: &[Column],
    domains: &[(&str, ValueDomain)],
) -> String {
    let value = match &metric.source {
        Source::Funnel(funnel) => {
            let steps = funnel.steps.iter().zip((1_u64..=20).rev().cycle());
            let steps = steps.map(|(events, number)| {
                let events: Vec<&str> = events
                    .iter()
                    .map(|event| registry.event(*event).name.as_str())
                    .collect();
                json!({ "events": events, "count": number * 2, "users": number, "reached": number })
            });
            json!({ "steps": steps.collect::<Vec<_>>() })
        }
        _ => of_columns(registry, metric, columns, domains),
    };
    let whole = json!({ &metric.code: value });
    serde_json::to_string_pretty(&whole).unwrap_or_default()
}

fn of_columns(
    registry: &Registry,
    metric: &Metric,
    columns: &[Column],
    domains: &[(&str, ValueDomain)],
) -> Value {
    let mut row = Map::new();
    let mut by = Vec::new();
    for (number, column) in (1_u64..).zip(columns) {
        let value = match column.role {
            Role::Dimension => {
                by.push(column.name.as_str());
                dimension(registry, metric, column, domains)
            }
            Role::Measure if column.ty == ValueType::Number => json!(12.5),
            Role::Measure => json!(number * 7),
        };
        row.insert(column.name.clone(), value);
    }
    match by.is_empty() {
        true => Value::Object(row),
        false => json!({ "by": by, "rows": [row] }),
    }
}

fn dimension(
    registry: &Registry,
    metric: &Metric,
    column: &Column,
    domains: &[(&str, ValueDomain)],
) -> Value {
    let ranges = metric.ranges();
    if let Some((_, ranges)) = ranges.iter().find(|(name, _)| *name == column.name) {
        return json!(ranges.labels().first());
    }
    let domain = domains.iter().find(|(name, _)| *name == column.name);
    match (domain.map(|(_, domain)| domain), column.holds) {
        (_, ValueType::Boolean) => json!(true),
        (_, ValueType::Integer) => json!(1),
        (_, ValueType::Number) => json!(1.5),
        (Some(ValueDomain::EventNames), _) => {
            json!(registry.events().first().map(|event| &event.name))
        }
        (Some(ValueDomain::Declared(values)), _) => json!(values.first()),
        (Some(ValueDomain::Dates), _) => json!("2026-11-30"),
        (Some(ValueDomain::Versions), _) => json!("5.2.0"),
        _ => json!("text"),
    }
}
