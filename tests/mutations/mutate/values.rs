//! Replaces values with an empty text or `null`, and adds keys to mappings.

use pings_registry::Span;

use super::one_of_each_field;
use crate::mutation::Mutation;
use crate::part::{Part, Parts};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let said = parts.all.iter().filter(|part| !part.is_absent());
    let mut all = Vec::new();
    for part in one_of_each_field(said) {
        let start = part.key.map_or(part.value.start, |key| key.end);
        let span = Span {
            start,
            ..part.value
        };
        let colon = if part.key.is_some() { ": " } else { "" };
        for (operator, nothing) in [("empty value", "\"\""), ("null value", "null")] {
            let mutation = Mutation::new(operator, part);
            all.push(mutation.edit(span, format!("{colon}{nothing}")));
        }
    }
    all
}

/// Adds a key to a metric, after its code.
pub fn beside_the_code(
    parts: &Parts<'_>,
    metric: &Part,
    mutation: Mutation,
    key: &str,
) -> Mutation {
    let keys = parts.children(Some(metric));
    let code = keys.iter().find(|it| it.field.ends_with(".code"));
    beside(
        parts,
        metric,
        code.expect("a metric has a code"),
        mutation,
        key,
    )
}

/// Adds a key to a mapping, after the key `other`.
pub fn beside(
    parts: &Parts<'_>,
    mapping: &Part,
    other: &Part,
    mutation: Mutation,
    key: &str,
) -> Mutation {
    let separator = if parts.slice(mapping.value).starts_with('{') {
        ", ".to_owned()
    } else {
        let start = other.whole().start;
        let line = parts.text[..start].rfind('\n').map_or(0, |at| at + 1);
        format!("\n{}", " ".repeat(start - line))
    };
    mutation.insert(other.value.end, format!("{separator}{key}"))
}
