//! Example code that fires an event.

use pings_model::{EventId, Registry};

use super::naming::{FieldType, Plan, PlannedEvent};

/// Returns the event as Rust code with the first value of each choice: `Event::InsightHover { … }`.
///
/// Returns `None` if the registry has no such event.
#[must_use]
pub fn rust_event(registry: &Registry, event: EventId) -> Option<String> {
    let plan = Plan::new(registry.events());
    Some(code(&plan, plan.events.get(event.0)?))
}

/// Returns each event as Rust code, in registry order. See [`rust_event`].
#[must_use]
pub fn rust_events(registry: &Registry) -> Vec<String> {
    let plan = Plan::new(registry.events());
    let events = plan.events.iter();
    events.map(|event| code(&plan, event)).collect()
}

fn code(plan: &Plan<'_>, event: &PlannedEvent<'_>) -> String {
    let fields: Vec<String> = event
        .fields
        .iter()
        .map(|field| {
            let value = match field.ty {
                FieldType::Text => "text".to_owned(),
                FieldType::Integer => "1".to_owned(),
                FieldType::Number => "1.5".to_owned(),
                FieldType::Boolean => "true".to_owned(),
                FieldType::Choice(place) => plan.choices[place].first(),
                FieldType::List(place) => format!("vec![{}]", plan.choices[place].first()),
            };
            if field.argument.optional {
                format!("{}: Some({value})", field.name)
            } else if value == field.name {
                value
            } else {
                format!("{}: {value}", field.name)
            }
        })
        .collect();
    if fields.is_empty() {
        format!("Event::{}", event.variant)
    } else {
        format!("Event::{} {{ {} }}", event.variant, fields.join(", "))
    }
}
