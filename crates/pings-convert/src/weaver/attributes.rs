//! Attributes as arguments.

use super::definitions::Attribute;
use crate::draft::{Argument, Type};
use crate::node::Node;
use crate::vocabulary;

/// The result for an attribute.
pub(super) enum Use {
    Argument(Argument),
    /// An attribute that is off by default.
    OptIn,
    /// Nothing, for this reason.
    Nothing(&'static str),
}

/// The types of attributes.
const TYPES: &[(&str, Result<Type, &str>)] = &[
    ("string", Ok(Type::String)),
    ("int", Ok(Type::Integer)),
    ("double", Ok(Type::Number)),
    ("boolean", Ok(Type::Boolean)),
    ("string[]", Err(LIST)),
    ("int[]", Err(LIST)),
    ("double[]", Err(LIST)),
    ("boolean[]", Err(LIST)),
    (
        "any",
        Err("left out: a value of any type cannot be measured"),
    ),
];

const LIST: &str = "left out: a list has no counterpart";

pub(super) fn argument(attribute: &Attribute<'_>) -> Use {
    let of = |key: &str| {
        let own = attribute.node.get(key);
        own.or_else(|| {
            attribute
                .definition
                .and_then(|definition| definition.get(key))
        })
    };
    let level = of("requirement_level").and_then(Node::text);
    if level == Some("opt_in") {
        return Use::OptIn;
    }
    let Some(ty) = of("type") else {
        return Use::Nothing("left out: its definition is in none of the files");
    };
    let ty = match ty.get("members") {
        Some(members) => members_type(members),
        None => match TYPES.iter().find(|(known, _)| Some(*known) == ty.text()) {
            Some((_, Ok(Type::String))) if vocabulary::is_version(&attribute.name) => Type::Version,
            Some((_, Ok(ty))) => ty.clone(),
            Some((_, Err(reason))) => return Use::Nothing(reason),
            None => return Use::Nothing("left out: its type is a template, or unknown"),
        },
    };
    let description = of("brief")
        .and_then(Node::text)
        .map(|text| text.trim().to_owned());
    Use::Argument(Argument {
        name: attribute.name.clone(),
        ty,
        optional: level != Some("required"),
        renamed_from: Vec::new(),
        description: description.filter(|text| !text.is_empty()),
        check: None,
    })
}

/// Returns the type of an enum. The values are numbers or texts.
fn members_type(members: &Node) -> Type {
    let values = members.items().iter().filter_map(|member| {
        let value = member.get("value").or_else(|| member.get("id"))?;
        value.text().map(str::to_owned)
    });
    let values: Vec<String> = values.collect();
    let is_number = |value: &String| value.parse::<i64>().is_ok();
    match values.is_empty() || values.iter().all(is_number) {
        true => Type::Integer,
        false => Type::Enum(values),
    }
}
