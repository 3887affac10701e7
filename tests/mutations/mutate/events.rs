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
            "pings.metrics.of"
            | "pings.metrics.of.event"
            | "pings.metrics.all_of"
            | "pings.funnels.steps" => ("event", &events),
            "pings.metrics.from" | "pings.metrics.join.table" => ("table", &tables),
            _ => continue,
        };
        let mutation = Mutation::new(format!("swap {what}"), part);
        all.push(mutation.edit(inner, after(names, parts.slice(inner))));
    }
    for part in parts.scalars().filter(|part| is_filter(part)) {
        let inner = parts.inner(part);
        let other = VALUES_OF_ARGUMENTS
            .iter()
            .find_map(|field| other_value(parts, field, parts.slice(inner)));
        all.extend(other.map(|other| Mutation::new("swap value", part).edit(inner, other)));
    }
    for metric in parts.all.iter().filter(|part| is_of_events(parts, part)) {
        let keys = parts.children(Some(metric));
        let code = keys.iter().find(|key| key.field == "pings.metrics.code");
        let code = code.map(|code| parts.inner_text(code)).unwrap_or_default();
        if !keys.iter().any(|key| names_events(key)) {
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

/// The fields with the values that arguments can have.
const VALUES_OF_ARGUMENTS: [&str; 4] = [
    "events.*.args.*.enum",
    "events.*.args.*.values.list",
    "events.*.args.*.list.enum",
    "events.*.args.*.object.*.enum",
];

/// Returns whether a part is a value that a filter compares with.
fn is_filter(part: &Part) -> bool {
    matches!(
        part.field.as_str(),
        "pings.metrics.where.*" | "pings.metrics.where.*.not" | "pings.metrics.of.where.*"
    )
}

/// Returns whether a part is a key that names the events of a metric.
pub fn names_events(part: &Part) -> bool {
    matches!(
        part.field.as_str(),
        "pings.metrics.of" | "pings.metrics.all_of"
    )
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

/// Returns whether a part is a metric in a ping of the type `value`.
pub fn is_of_values(parts: &Parts<'_>, part: &Part) -> bool {
    let is_metric = part.field == "pings.metrics" && matches!(part.shape, Shape::Record(_));
    let ping = parts.parent(part).and_then(|metrics| parts.parent(metrics));
    is_metric
        && parts
            .children(ping)
            .iter()
            .any(|key| key.field == "pings.type" && parts.inner_text(key) == "value")
}

/// Returns whether a part is a metric of events.
pub fn is_of_events(parts: &Parts<'_>, part: &Part) -> bool {
    let is_metric = part.field == "pings.metrics" && matches!(part.shape, Shape::Record(_));
    let keys = parts.children(Some(part));
    is_metric
        && !is_of_values(parts, part)
        && !keys
            .iter()
            .any(|key| key.field.ends_with(".from") || key.field.ends_with(".sql"))
}
