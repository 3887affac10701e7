//! Items of a list twice, and side by side in another order.

use crate::mutation::Mutation;
use crate::part::{Part, Parts, Role};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for (parent, children) in parts.families() {
        for (at, part) in children.iter().enumerate() {
            if part.role == Role::Item {
                let again = format!(
                    "{}{}",
                    separator(parts, parent.unwrap_or(part), part),
                    parts.slice(part.value)
                );
                let mutation = Mutation::new("duplicate item", part);
                all.push(mutation.insert(part.value.end, again));
            }
            // Keys that the format knows mean the same in any order.
            if let Some(next) = children.get(at + 1)
                && part.role != Role::Key
            {
                let mutation = Mutation::new("swap neighbours", part);
                all.push(mutation.swap(parts, part.whole(), next.whole()));
            }
        }
    }
    all
}

/// What stands between an item and the next.
fn separator(parts: &Parts<'_>, list: &Part, item: &Part) -> String {
    if parts.slice(list.value).starts_with('[') {
        return ", ".to_owned();
    }
    let line = parts.text[..item.value.start].rfind('\n').unwrap_or(0);
    parts.text[line..item.value.start].to_owned()
}
