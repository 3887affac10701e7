//! Formats an event and a ping as YAML.

use pings_model::ArgumentType;
use pings_registry::{Block, yaml_text as text};
use serde_json::Value as Json;

use super::draft::Draft;

/// Returns the event as a block.
pub(super) fn event(draft: &Draft) -> Block {
    let mut keys: Vec<(&str, String)> = Vec::new();
    if let Some(description) = &draft.description {
        keys.push(("description", text(description)));
    }
    let args: Vec<(String, String)> = draft
        .args
        .iter()
        .map(|argument| {
            let ty = match &argument.ty {
                ArgumentType::String => "string",
                ArgumentType::Integer => "integer",
                ArgumentType::Number => "number",
                ArgumentType::Boolean => "boolean",
                ArgumentType::Version => "version",
                // `pings new` declares no objects and no lists.
                ArgumentType::Enum(_) | ArgumentType::List(_) | ArgumentType::Object(_) => "",
            };
            let value = match (&argument.ty, argument.optional) {
                (ArgumentType::Enum(values), optional) => {
                    let optional = if optional { ", optional: true" } else { "" };
                    format!("{{ enum: {}{optional} }}", list(values))
                }
                (_, true) => format!("{{ type: {ty}, optional: true }}"),
                (_, false) => ty.to_owned(),
            };
            (text(&argument.name), value)
        })
        .collect();
    let name = text(&draft.event);
    let flow_args: Vec<String> = args
        .iter()
        .map(|(name, ty)| format!("{name}: {ty}"))
        .collect();
    let mut flow: Vec<String> = keys
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    if !args.is_empty() {
        flow.push(format!("args: {{ {} }}", flow_args.join(", ")));
    }
    let inner = match flow.as_slice() {
        [] => "{}".to_owned(),
        some => format!("{{ {} }}", some.join(", ")),
    };
    let mut lines = Vec::new();
    if flow.is_empty() {
        lines.push(format!("{name}: {{}}"));
    } else {
        lines.push(format!("{name}:"));
        lines.extend(keys.iter().map(|(key, value)| format!("  {key}: {value}")));
        if !args.is_empty() {
            lines.push("  args:".to_owned());
            lines.extend(flow_args.iter().map(|arg| format!("    {arg}")));
        }
    }
    Block {
        lines,
        flow: format!("{name}: {inner}"),
    }
}

/// Returns the ping as a block.
pub(super) fn ping(draft: &Draft) -> Block {
    let mut keys = vec![("id", text(&draft.id))];
    if let Some(section) = &draft.section {
        keys.push(("section", text(section)));
    }
    keys.push(("title", text(&draft.title)));
    keys.push(("type", "fe_event".to_owned()));
    keys.push(("purpose", text(&draft.purpose)));
    keys.push(("aggregation", "weekly".to_owned()));
    keys.push(("added", Json::from(draft.added.as_str()).to_string()));
    match draft.owners.as_slice() {
        [] => {}
        [owner] => keys.push(("owner", text(owner))),
        owners => keys.push(("owners", list(owners))),
    }
    let mut metric = format!("code: {}", text(&draft.code));
    if draft.code != draft.event {
        metric.push_str(&format!(", of: [{}]", text(&draft.event)));
    }
    if !draft.by.is_empty() {
        metric.push_str(&format!(", by: {}", list(&draft.by)));
    }
    let measures: Vec<String> = draft
        .measures
        .iter()
        .map(|it| it.name().to_owned())
        .collect();
    match measures.as_slice() {
        [one] if one == "count" => {}
        [one] => metric.push_str(&format!(", measure: {one}")),
        many => metric.push_str(&format!(", measure: {}", list(many))),
    }
    if let Some(value) = &draft.value {
        metric.push_str(&format!(", value: {}", text(value)));
    }
    let metric = format!("{{ {metric} }}");
    let flow: Vec<String> = keys
        .iter()
        .map(|(key, value)| format!("{key}: {value}"))
        .collect();
    let mut lines = flow.clone();
    lines.push("metrics:".to_owned());
    lines.push(format!("  - {metric}"));
    Block {
        lines,
        flow: format!("{{ {}, metrics: [{metric}] }}", flow.join(", ")),
    }
}

fn list(values: &[String]) -> String {
    let values: Vec<String> = values.iter().map(|value| text(value)).collect();
    format!("[{}]", values.join(", "))
}
