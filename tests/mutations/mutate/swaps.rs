//! Swaps corresponding texts of two neighbours, such as titles, codes or column types.

use pings_registry::Span;

use crate::mutation::Mutation;
use crate::part::{Part, Parts, Role};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = names(parts);
    all.extend(values(parts));
    all
}

/// Swaps the names of two neighbours.
fn names(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for (_, children) in parts.families() {
        for pair in children.windows(2) {
            if let ([one, other], Role::Name(what)) = (pair, pair[0].role)
                && let (Some(key), Some(next)) = (one.key, other.key)
            {
                let mutation = Mutation::new(format!("swap {what} names"), one);
                all.push(mutation.swap(parts, key, next));
            }
        }
    }
    all
}

/// Swaps the values of a key in two neighbouring items.
fn values(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for (_, children) in parts.families() {
        for pair in children
            .windows(2)
            .filter(|pair| pair[0].role == Role::Item)
        {
            let others = parts.children(Some(pair[1]));
            for one in parts.children(Some(pair[0])) {
                let same = others.iter().find(|other| other.field == one.field);
                let Some(other) = same.filter(|_| one.role == Role::Key) else {
                    continue;
                };
                let mutation = Mutation::new("swap values of neighbours", one);
                let behind_the_key = |part: &Part| Span {
                    start: part.key.map_or(part.value.start, |key| key.end),
                    ..part.value
                };
                all.push(mutation.swap(parts, behind_the_key(one), behind_the_key(other)));
            }
        }
    }
    all
}
