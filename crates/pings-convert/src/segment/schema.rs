//! The properties of a JSON Schema as arguments.

use crate::context::Context;
use crate::draft::{Argument, Type};
use crate::loss::Effect;
use crate::node::{Entry, Node};
use crate::vocabulary;

/// The types of JSON Schema, and the argument types for them.
const TYPES: &[(&str, Result<Type, &str>)] = &[
    ("string", Ok(Type::String)),
    ("integer", Ok(Type::Integer)),
    ("number", Ok(Type::Number)),
    ("boolean", Ok(Type::Boolean)),
    (
        "array",
        Err("left out: a list without declared values cannot be counted: declare them with `list`"),
    ),
    (
        "object",
        Err("left out: an object without declared members"),
    ),
];

/// Keys of a schema that a registry cannot express. The values are not checked.
const UNCHECKED: &[&str] = &["pattern", "$ref", "oneOf", "anyOf", "allOf", "not", "if"];

/// Returns the properties of an event as arguments.
pub(super) fn arguments(cx: &mut Context<'_>, event: &str, schema: &Node) -> Vec<Argument> {
    let schema = of_event(schema);
    let required = schema.get("required").map(Node::texts).unwrap_or_default();
    let properties = schema
        .get("properties")
        .map(Node::entries)
        .unwrap_or_default();
    let mut args = Vec::new();
    for property in properties {
        let is_required = required.contains(&property.key.as_str());
        args.extend(argument(cx, event, property, is_required, ""));
    }
    args
}

/// The maximum number of objects in each other.
const DEEPEST: usize = 8;

/// Returns the members of an object, unless it has none. `path` is the path of the object.
fn members(cx: &mut Context<'_>, event: &str, schema: &Node, path: &str) -> Option<Type> {
    let properties = schema.get("properties")?.entries();
    if properties.is_empty() || path.matches('.').count() >= DEEPEST {
        return None;
    }
    let required = schema.get("required").map(Node::texts).unwrap_or_default();
    let mut members = Vec::new();
    for property in properties {
        let is_required = required.contains(&property.key.as_str());
        members.extend(argument(cx, event, property, is_required, path));
    }
    (!members.is_empty()).then_some(Type::Object(members))
}

/// Returns the declared values of a list.
fn list(schema: &Node) -> Option<Type> {
    match values(schema.get("items")?)? {
        Type::Enum(values) => Some(Type::List(values)),
        _ => None,
    }
}

/// Returns the schema of the properties of an event. Segment's schemas describe the whole call.
fn of_event(schema: &Node) -> &Node {
    let Some(properties) = schema.get("properties") else {
        return schema;
    };
    let is_call = properties
        .entries()
        .iter()
        .all(|entry| matches!(entry.key.as_str(), "context" | "traits" | "properties"));
    match properties.get("properties") {
        Some(inner) if is_call => inner,
        None if is_call && !properties.entries().is_empty() => properties,
        _ => schema,
    }
}

fn argument(
    cx: &mut Context<'_>,
    event: &str,
    property: &Entry,
    is_required: bool,
    within: &str,
) -> Option<Argument> {
    let (name, node) = (&property.key, &property.value);
    let path = match within {
        "" => name.clone(),
        within => format!("{within}.{name}"),
    };
    let place = cx.key_place(property);
    let types = node.get("type").map(Node::texts).unwrap_or_default();
    let is_nullable = types.contains(&"null");
    let types: Vec<&str> = types.into_iter().filter(|ty| *ty != "null").collect();
    for key in UNCHECKED {
        if node.get(key).is_some() {
            let reason = format!("`{key}` of a property is not checked");
            cx.parts(Effect::Note, &place, event, &[&path], &reason);
        }
    }
    let declared = match types.as_slice() {
        ["array"] => list(node),
        ["object"] => members(cx, event, node, &path),
        _ => values(node),
    };
    let ty = match declared {
        Some(ty) => ty,
        None => match single(&types) {
            Ok(Type::String) if types == ["string"] && vocabulary::is_version(name) => {
                Type::Version
            }
            Ok(ty) => ty,
            Err(reason) => {
                cx.parts(Effect::Changed, &place, event, &[&path], reason);
                return None;
            }
        },
    };
    let check = match (&ty, types.as_slice()) {
        (Type::String, []) => Some("the source has no type".to_owned()),
        (Type::String, [_, _, ..]) => Some(format!("the source allows {}", types.join(", "))),
        _ => None,
    };
    let mut argument = Argument {
        description: node.text_of("description").map(str::to_owned),
        check,
        ..Argument::new(name, ty)
    };
    if !is_required || is_nullable {
        argument.make_optional();
    }
    Some(argument)
}

/// Returns the type for the declared values, if there are some.
fn values(node: &Node) -> Option<Type> {
    let values = match node.get("enum") {
        Some(values) => values.texts(),
        None => node.get("const")?.texts(),
    };
    let is_number = |value: &&str| value.parse::<f64>().is_ok();
    match values.as_slice() {
        [] => None,
        values if values.iter().all(is_number) => None,
        values
            if values
                .iter()
                .all(|value| matches!(*value, "true" | "false")) =>
        {
            None
        }
        values => Some(Type::Enum(
            values.iter().map(|value| (*value).to_owned()).collect(),
        )),
    }
}

/// Returns the type that includes all types of a schema. A schema without a type is text.
fn single(types: &[&str]) -> Result<Type, &'static str> {
    match types {
        [] => Ok(Type::String),
        ["integer", "number"] | ["number", "integer"] => Ok(Type::Number),
        [one] => match TYPES.iter().find(|(known, _)| known == one) {
            Some((_, ty)) => ty.clone(),
            // `any` is not a type of JSON Schema, but Segment exports it.
            None => Ok(Type::String),
        },
        _ => Ok(Type::String),
    }
}
