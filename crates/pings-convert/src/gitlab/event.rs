//! Events of GitLab, from which the arguments come.

use crate::context::Context;
use crate::draft::{Argument, Type};
use crate::node::Node;

/// The things that an event of GitLab identifies, each with its argument. The user is a column of the log.
pub(super) const IDENTIFIERS: &[(&str, &str)] = &[
    ("project", "project_id"),
    ("namespace", "namespace_id"),
    ("feature_enabled_by_namespace_ids", ""),
];

pub(super) fn convert(cx: &mut Context<'_>, root: &Node) {
    let Some(name) = root.text_of("action") else {
        return;
    };
    let place = cx.place(root);
    if root.text_of("internal_events") != Some("true") {
        let reason = "not an internal event, so no metric counts it";
        return cx.note(place, name, reason);
    }
    let mut args = Vec::new();
    for identifier in root.get("identifiers").map(Node::texts).unwrap_or_default() {
        let known = IDENTIFIERS.iter().find(|(known, _)| *known == identifier);
        if let Some((_, argument)) = known.filter(|(_, argument)| !argument.is_empty()) {
            args.push(optional(argument, Type::Integer));
        }
    }
    let properties = root
        .get("additional_properties")
        .map(Node::entries)
        .unwrap_or_default();
    for property in properties {
        let mut argument = optional(&property.key, property_type(&property.key));
        argument.description = property.value.text_of("description").map(str::to_owned);
        args.push(argument);
    }
    let event = cx.draft.events.entry(name.to_owned()).or_default();
    event.place = place;
    event.description = root.text_of("description").map(str::to_owned);
    // Metrics that were read before may have added arguments without descriptions.
    for argument in args {
        match event.args.iter_mut().find(|it| it.name == argument.name) {
            Some(known) if known.description.is_none() => known.description = argument.description,
            Some(_) => {}
            None => event.add(argument),
        }
    }
}

/// Returns an argument that an event can lack.
pub(super) fn optional(name: &str, ty: Type) -> Argument {
    Argument {
        optional: true,
        ..Argument::new(name, ty)
    }
}

/// Returns the type of a property of an event: `value` is a number, everything else is text.
pub(super) fn property_type(property: &str) -> Type {
    match property {
        "value" => Type::Number,
        _ => Type::String,
    }
}
