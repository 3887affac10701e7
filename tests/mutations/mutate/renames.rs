//! Renames an event in the whole registry, but not in the product, with and without `renamed_from`.

use super::events::{is_of_events, names_events};
use super::values::beside;
use crate::mutation::Mutation;
use crate::part::{Part, Parts};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for event in parts.all.iter().filter(|part| part.field == "events.*") {
        all.push(renamed(parts, event, "rename event"));
        let keys = parts.children(Some(event));
        if keys.iter().any(|key| key.field.ends_with(".renamed_from")) {
            continue;
        }
        if let Some(first) = keys.first() {
            let mutation = renamed(parts, event, "rename event that is fired");
            let alias = format!("renamed_from: [{}]", name(parts, event));
            all.push(beside(parts, event, first, mutation, &alias));
        }
    }
    all
}

fn name<'t>(parts: &Parts<'t>, event: &Part) -> &'t str {
    event.key.map(|key| parts.slice(key)).unwrap_or_default()
}

/// Renames an event in its declaration, and in the metrics and funnels that use it.
fn renamed(parts: &Parts<'_>, event: &Part, operator: &str) -> Mutation {
    let old = name(parts, event);
    let new = format!("New{old}");
    let mut mutation = Mutation::new(operator, event);
    if let Some(key) = event.key {
        mutation = mutation.edit(key, new.as_str());
    }
    for part in parts.scalars() {
        let is_event = matches!(
            part.field.as_str(),
            "pings.metrics.of"
                | "pings.metrics.of.event"
                | "pings.metrics.all_of"
                | "pings.funnels.steps"
        );
        if is_event && parts.inner_text(part) == old {
            mutation = mutation.edit(parts.inner(part), new.as_str());
        }
    }
    for metric in parts.all.iter().filter(|part| is_of_events(parts, part)) {
        let keys = parts.children(Some(metric));
        let code = keys.iter().find(|key| key.field == "pings.metrics.code");
        let is_said = keys.iter().any(|key| names_events(key));
        if let Some(code) = code.filter(|code| !is_said && parts.inner_text(code) == old) {
            mutation = beside(parts, metric, code, mutation, &format!("of: {new}"));
        }
    }
    mutation
}
