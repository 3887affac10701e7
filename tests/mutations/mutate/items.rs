//! Duplicates list items, and swaps neighbouring items or named parts.

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
            // The order of the keys that the format defines has no meaning.
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

/// Returns the text between an item and the next one.
fn separator(parts: &Parts<'_>, list: &Part, item: &Part) -> String {
    if parts.slice(list.value).starts_with('[') {
        return ", ".to_owned();
    }
    let line = parts.text[..item.value.start].rfind('\n').unwrap_or(0);
    parts.text[line..item.value.start].to_owned()
}
