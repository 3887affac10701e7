//! Deletes a key, an item, an event or a ping.

use pings_model::schema::Shape;
use pings_registry::Span;

use crate::mutation::Mutation;
use crate::part::{Part, Parts, Role};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for (_, children) in parts.families() {
        for (at, part) in children.iter().enumerate() {
            let mutation = Mutation::new(operator(part), part);
            all.push(mutation.edit(taken_out(&children, at), ""));
        }
    }
    all
}

fn operator(part: &Part) -> String {
    match (part.role, part.shape) {
        (Role::Key, _) => "drop key".to_owned(),
        (Role::Name(what), _) => format!("delete {what}"),
        (Role::Item, Shape::Record(record)) => format!("delete {}", record.name),
        (Role::Item, _) => "drop item".to_owned(),
    }
}

/// Returns the span to delete for a part. The span includes the text up to the next sibling, or
/// from the previous one, so that the remaining siblings are still well-formed.
fn taken_out(siblings: &[&Part], at: usize) -> Span {
    let whole = siblings[at].whole();
    if let Some(next) = siblings.get(at + 1) {
        let end = next.whole().start;
        return Span { end, ..whole };
    }
    match at.checked_sub(1) {
        Some(before) => Span {
            start: siblings[before].whole().end,
            ..whole
        },
        None => whole,
    }
}
