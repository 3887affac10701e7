//! Extra keys, labels and structures of Glean as arguments.

use crate::draft::{Argument, Type};
use crate::node::Node;
use crate::vocabulary;

/// The comment at values that come from a description.
pub(super) const FROM_PROSE: &str = "the values are those that the description lists";

/// Returns the extra keys of an event as arguments. Glean never requires them.
pub(super) fn extras(node: &Node) -> Vec<Argument> {
    let entries = node
        .get("extra_keys")
        .map(Node::entries)
        .unwrap_or_default();
    let mut args = Vec::new();
    for entry in entries {
        let description = entry.value.text_of("description");
        let listed = description.and_then(vocabulary::values);
        let (ty, check) = match (entry.value.text_of("type"), listed) {
            (Some("boolean"), _) => (Type::Boolean, None),
            (Some("quantity"), _) => (Type::Integer, None),
            (_, Some(values)) => (Type::Enum(values), Some(FROM_PROSE.to_owned())),
            (_, None) if vocabulary::is_version(&entry.key) => (Type::Version, None),
            (_, None) => (Type::String, None),
        };
        args.push(Argument {
            name: entry.key.clone(),
            ty,
            optional: true,
            renamed_from: Vec::new(),
            description: description.map(str::to_owned),
            check,
        });
    }
    args
}

/// Returns the members of the structure of an object as arguments, without lists.
pub(super) fn members(structure: &Node) -> Vec<Argument> {
    let properties = structure.get("properties").map(Node::entries);
    let mut args = Vec::new();
    for entry in properties.unwrap_or_default() {
        let ty = match entry.value.text_of("type") {
            Some("string") if vocabulary::is_version(&entry.key) => Type::Version,
            Some("string") => match listed(&entry.value) {
                Some(values) => Type::Enum(values),
                None => Type::String,
            },
            Some("number") => Type::Number,
            Some("boolean") => Type::Boolean,
            Some("object") => match members(&entry.value) {
                inner if inner.is_empty() => continue,
                inner => Type::Object(inner),
            },
            _ => continue,
        };
        let mut arg = Argument::new(&entry.key, ty);
        arg.description = entry.value.text_of("description").map(str::to_owned);
        arg.make_optional();
        args.push(arg);
    }
    args
}

/// Returns the declared labels of a labeled metric.
pub(super) fn labels(node: &Node) -> Vec<&str> {
    node.get("labels").map(Node::texts).unwrap_or_default()
}

/// Returns the values that the description lists.
pub(super) fn listed(node: &Node) -> Option<Vec<String>> {
    vocabulary::values(node.text_of("description")?)
}

/// Returns the label of a labeled metric as an argument.
pub(super) fn label(name: &str, node: &Node) -> Argument {
    let declared: Vec<String> = labels(node).into_iter().map(str::to_owned).collect();
    let mut label = Argument::new(name, Type::String);
    if !declared.is_empty() {
        label.ty = Type::Enum(declared);
    } else if let Some(values) = listed(node) {
        label.ty = Type::Enum(values);
        label.check = Some(FROM_PROSE.to_owned());
    }
    label
}
