//! The arguments of an event in the syntax tree.

use crate::tree::{Entry, Node};

/// Returns the arguments of an event, and the members of each object: one list for each JSON object.
pub(crate) fn levels<'n>(event: &'n Node<'n>) -> Vec<&'n [Entry<'n>]> {
    let mut levels = vec![event.get("args").map(Node::entries).unwrap_or_default()];
    let mut next = 0;
    while let Some(level) = levels.get(next).copied() {
        let objects = level.iter().filter_map(|entry| entry.value.get("object"));
        levels.extend(objects.map(Node::entries));
        next += 1;
    }
    levels
}

/// Returns the node that declares the values of an argument: the argument, or the values of its list.
pub(crate) fn item<'n>(argument: &'n Node<'n>) -> &'n Node<'n> {
    argument.get("list").unwrap_or(argument)
}

/// Returns the arguments that are not objects, and the members of objects, with their paths.
pub(crate) fn leaves<'n>(event: &'n Node<'n>) -> Vec<(String, &'n Entry<'n>)> {
    let args = event.get("args").map(Node::entries).unwrap_or_default();
    let mut leaves = Vec::new();
    let mut rest: Vec<_> = args
        .iter()
        .rev()
        .map(|it| (it.key.to_string(), it))
        .collect();
    while let Some((path, entry)) = rest.pop() {
        match entry.value.get("object") {
            Some(object) => {
                let members = object.entries().iter().rev();
                rest.extend(members.map(|it| (format!("{path}.{}", it.key), it)));
            }
            None => leaves.push((path, entry)),
        }
    }
    leaves
}
