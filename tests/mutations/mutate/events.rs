//! Replaces an event, a table or an enum value with another one.

use pings_model::schema::Shape;
use pings_registry::Form;

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
    for part in parts
        .scalars()
        .filter(|part| part.field == "pings.metrics.where.*")
    {
        let inner = parts.inner(part);
        let other = other_value(parts, "events.*.args.*.enum", parts.slice(inner));
        all.extend(other.map(|other| Mutation::new("swap value", part).edit(inner, other)));
    }
    for metric in parts.all.iter().filter(|part| is_of_events(parts, part)) {
        let keys = parts.children(Some(metric));
        let code = keys.iter().find(|key| key.field == "pings.metrics.code");
        let code = code.map(|code| parts.inner_text(code)).unwrap_or_default();
        if !keys.iter().any(|key| key.field == "pings.metrics.of") {
            let of = format!("of: {}", after(&events, code));
            all.push(beside_the_code(
                parts,
                metric,
                Mutation::new("swap event", metric),
                &of,
            ));
        }
    }
    all
}

/// Returns the value that follows `value` in its enum, or `None` if no enum at `field` has the
/// value.
pub fn other_value<'t>(parts: &Parts<'t>, field: &str, value: &str) -> Option<&'t str> {
    let is_declared = |part: &&Part| {
        part.form == Form::Scalar && part.field == field && parts.inner_text(part) == value
    };
    let declared = parts.all.iter().find(is_declared)?;
    let values = parts.children(parts.parent(declared));
    let values: Vec<&str> = values.iter().map(|it| parts.inner_text(it)).collect();
    Some(after(&values, value))
}

/// Returns the name that follows `name` in the list. The first name follows the last one, and any
/// name that is not in the list.
pub fn after<'n>(names: &[&'n str], name: &str) -> &'n str {
    let at = names.iter().position(|other| *other == name);
    names[at.map_or(0, |at| (at + 1) % names.len())]
}

/// Returns whether a part is a metric of events.
pub fn is_of_events(parts: &Parts<'_>, part: &Part) -> bool {
    let is_metric = part.field == "pings.metrics" && matches!(part.shape, Shape::Record(_));
    let keys = parts.children(Some(part));
    is_metric
        && !keys
            .iter()
            .any(|key| key.field.ends_with(".from") || key.field.ends_with(".sql"))
}
