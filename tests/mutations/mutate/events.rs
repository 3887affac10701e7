//! Another event, or another table, than the one that is meant.

use pings_model::format::Shape;

use super::values::beside_the_code;
use crate::mutation::Mutation;
use crate::part::{Part, Parts};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let (events, tables) = (parts.names("events"), parts.names("tables"));
    let mut all = Vec::new();
    for part in parts.scalars() {
        let inner = parts.inner(part);
        let (what, names) = match part.field.as_str() {
            "pings.metrics.of" | "pings.funnels.steps" => ("event", &events),
            "pings.metrics.from" | "pings.metrics.join.table" => ("table", &tables),
            _ => continue,
        };
        let mutation = Mutation::new(format!("swap {what}"), part);
        all.push(mutation.edit(inner, after(names, parts.slice(inner))));
    }
    for metric in parts.all.iter().filter(|part| is_of_events(parts, part)) {
        let keys = parts.children(Some(metric));
        let code = keys.iter().find(|key| key.field == "pings.metrics.code");
        let code = code.map(|code| parts.inner_text(code)).unwrap_or_default();
        if !keys.iter().any(|key| key.field == "pings.metrics.of") {
            let of = format!("of: {}", after(&events, code));
            all.push(beside_the_code(parts, metric, Mutation::new("swap event", metric), &of));
        }
    }
    all
}

/// The name that is declared behind a name; behind the last the first.
pub fn after<'n>(names: &[&'n str], name: &str) -> &'n str {
    let at = names.iter().position(|other| *other == name);
    names[at.map_or(0, |at| (at + 1) % names.len())]
}

/// Whether it is a metric of events.
pub fn is_of_events(parts: &Parts<'_>, part: &Part) -> bool {
    let is_metric = part.field == "pings.metrics" && matches!(part.shape, Shape::Record(_));
    let keys = parts.children(Some(part));
    is_metric && !keys.iter().any(|key| key.field.ends_with(".from") || key.field.ends_with(".sql"))
}
