//! Replaces a word that the format defines with another one, such as a measure, a type or an
//! aggregation.

use pings_model::schema::Shape;

use super::events::{is_of_events, is_of_values};
use super::values::beside_the_code;
use crate::mutation::Mutation;
use crate::part::{Part, Parts};

/// The types of values that a product sets.
const VALUE_TYPES: &[&str] = &["boolean", "integer", "number", "version", "date"];

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for part in parts.scalars() {
        if let Shape::Choice(words) = part.shape {
            let inner = parts.inner(part);
            for (word, _) in words {
                let mutation = Mutation::new(operator(part), part);
                all.push(mutation.edit(inner, *word));
            }
        }
    }
    for metric in parts.all.iter().filter(|part| is_of_values(parts, part)) {
        let keys = parts.children(Some(metric));
        let value = keys.iter().find(|key| key.field == "pings.metrics.value");
        for ty in VALUE_TYPES {
            all.extend(value.map(|it| Mutation::new("change type", it).edit(it.value, *ty)));
        }
    }
    let unmeasured = |part: &&Part| {
        let keys = parts.children(Some(part));
        is_of_events(parts, part) && !keys.iter().any(|key| key.field.ends_with(".measure"))
    };
    for metric in parts.all.iter().filter(unmeasured) {
        let mutation = Mutation::new("change measure", metric);
        all.push(beside_the_code(
            parts,
            metric,
            mutation,
            "measure: unique_users",
        ));
    }
    all
}

/// Returns the name of the operator, which contains the key. The value of a chosen name, such as a
/// column or an argument, is its type.
fn operator(part: &Part) -> String {
    match part.field.rsplit('.').next() {
        Some("*") | None => "change type".to_owned(),
        Some(key) => format!("change {key}"),
    }
}
