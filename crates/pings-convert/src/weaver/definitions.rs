//! Attributes and groups that other groups refer to.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::node::Node;

/// The definitions of all inputs.
#[derive(Default)]
pub(crate) struct Definitions<'n> {
    attributes: HashMap<String, &'n Node>,
    groups: HashMap<&'n str, &'n Node>,
    /// The older names of events and metrics.
    renamed: HashMap<&'n str, Vec<&'n str>>,
}

/// An attribute of an event or a metric.
pub(super) struct Attribute<'n> {
    pub(super) name: String,
    /// The use in the group, which may override parts of the definition.
    pub(super) node: &'n Node,
    /// The definition, if there is one.
    pub(super) definition: Option<&'n Node>,
}

impl<'n> Definitions<'n> {
    /// Adds the definitions of an input.
    pub(crate) fn add(&mut self, root: &'n Node) {
        for key in ["groups", "attribute_groups"] {
            for group in root.get(key).map(Node::items).unwrap_or_default() {
                if let Some(id) = group.text_of("id") {
                    self.groups.insert(id, group);
                }
                self.add_attributes(group);
            }
        }
        self.add_attributes(root);
        for key in ["groups", "events"] {
            for group in root.get(key).map(Node::items).unwrap_or_default() {
                let new = group.at(&["deprecated", "renamed_to"]).and_then(Node::text);
                if let (Some(new), Some(old)) = (new, group.text_of("name")) {
                    self.renamed.entry(new).or_default().push(old);
                }
            }
        }
    }

    fn add_attributes(&mut self, group: &'n Node) {
        for attribute in group.get("attributes").map(Node::items).unwrap_or_default() {
            // Version 2 of the format calls the id of an attribute `key`.
            if let Some(id) = attribute.text_of("id").or(attribute.text_of("key")) {
                self.attributes.insert(full(group, id), attribute);
            }
        }
    }

    /// Returns the older names of an event.
    pub(super) fn old_names(&self, name: &str) -> Vec<String> {
        let old = self
            .renamed
            .get(name)
            .map(Vec::as_slice)
            .unwrap_or_default();
        old.iter()
            .filter(|old| **old != name)
            .map(|old| (*old).to_owned())
            .collect()
    }

    /// Returns the attributes of a group, with those that it inherits.
    pub(super) fn attributes(&self, group: &'n Node) -> Vec<Attribute<'n>> {
        let mut found = IndexMap::new();
        self.collect(group, &mut found, &mut HashSet::new(), 0);
        found.into_values().collect()
    }

    /// Collects the attributes of a group. A group is collected once, so that circles end.
    fn collect(
        &self,
        group: &'n Node,
        found: &mut IndexMap<String, Attribute<'n>>,
        seen: &mut HashSet<&'n str>,
        depth: usize,
    ) {
        let mut inherit = |key: &'n str, found: &mut IndexMap<String, Attribute<'n>>| {
            if depth < DEEPEST
                && seen.insert(key)
                && let Some(group) = self.groups.get(key)
            {
                self.collect(group, found, seen, depth + 1);
            }
        };
        if let Some(parent) = group.text_of("extends") {
            inherit(parent, found);
        }
        for node in group.get("attributes").map(Node::items).unwrap_or_default() {
            if let Some(parent) = node.text_of("ref_group") {
                inherit(parent, found);
                continue;
            }
            let id = node
                .text_of("id")
                .or(node.text_of("key"))
                .map(|id| full(group, id));
            let Some(name) = node.text_of("ref").map(str::to_owned).or(id) else {
                continue;
            };
            let definition = self.attributes.get(&name).copied();
            let attribute = Attribute {
                name: name.clone(),
                node,
                definition,
            };
            found.insert(name, attribute);
        }
    }
}

/// The maximum number of groups that inherit from each other.
const DEEPEST: usize = 100;

/// Returns the id of an attribute with the prefix of its group.
fn full(group: &Node, id: &str) -> String {
    match group.text_of("prefix") {
        Some(prefix) => format!("{prefix}.{id}"),
        None => id.to_owned(),
    }
}
