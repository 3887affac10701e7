//! Writes an event.

use pings_registry::yaml_text;

use crate::draft::{Argument, Event, Type};
use crate::words::on_one_line;
use crate::yaml;

pub(super) fn lines(name: &str, event: &Event) -> Vec<String> {
    let mut out = vec![format!("{}:", yaml_text(name))];
    let mut push = |lines: Vec<String>| {
        out.extend(lines.into_iter().map(|line| match line.as_str() {
            "" => line,
            _ => format!("  {line}"),
        }));
    };
    if let Some(description) = &event.description {
        push(yaml::prose("description", description));
    }
    if !event.renamed_from.is_empty() {
        push(vec![format!(
            "renamed_from: {}",
            yaml::list(&event.renamed_from)
        )]);
    }
    if !event.args.is_empty() {
        push(vec!["args:".to_owned()]);
    }
    for arg in &event.args {
        let check = arg
            .check
            .as_ref()
            .map(|check| yaml::comment(&format!("check: {check}")));
        for line in check.unwrap_or_default() {
            push(vec![format!("  {line}")]);
        }
        push(vec![format!(
            "  {}: {}",
            yaml_text(&arg.name),
            argument(arg)
        )]);
    }
    out
}

fn argument(arg: &Argument) -> String {
    let word = word(&arg.ty);
    let mut keys = match &arg.ty {
        Type::Enum(values) => vec![format!("enum: {}", yaml::list(values))],
        _ if !arg.optional && arg.description.is_none() && arg.renamed_from.is_empty() => {
            return word.to_owned();
        }
        _ => vec![format!("type: {word}")],
    };
    if arg.optional {
        keys.push("optional: true".to_owned());
    }
    if !arg.renamed_from.is_empty() {
        keys.push(format!("renamed_from: {}", yaml::list(&arg.renamed_from)));
    }
    if let Some(description) = &arg.description {
        let description = yaml_text(&on_one_line(description, usize::MAX));
        keys.push(format!("description: {description}"));
    }
    format!("{{ {} }}", keys.join(", "))
}

/// Returns the word for a type. An enum has none.
pub(super) fn word(ty: &Type) -> &'static str {
    match ty {
        Type::String => "string",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        Type::Version => "version",
        Type::Enum(_) => "",
    }
}
