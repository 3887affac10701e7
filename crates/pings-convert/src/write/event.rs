//! Writes an event.

use std::collections::HashSet;

use pings_model::ident::type_name;
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
        Type::Enum(values) => vec![declared(values)],
        Type::List(values) => vec![format!("list: {{ {} }}", declared(values))],
        Type::Object(members) => {
            let members = members
                .iter()
                .map(|it| format!("{}: {}", yaml_text(&it.name), argument(it)));
            vec![format!(
                "object: {{ {} }}",
                members.collect::<Vec<_>>().join(", ")
            )]
        }
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

/// The number of values above which they have no names in generated code.
const MOST_NAMED: usize = 100;

/// Returns the key with the declared values. Values without distinct names in generated code are
/// listed with `values`.
fn declared(values: &[String]) -> String {
    let mut names = HashSet::new();
    let mut each = values.iter().map(|value| type_name(value));
    let have_names = each.all(|name| name.is_some_and(|name| names.insert(name)));
    match have_names && values.len() <= MOST_NAMED {
        true => format!("enum: {}", yaml::list(values)),
        false => format!("values: {{ list: {} }}", yaml::list(values)),
    }
}

/// Returns the word for a type. A type with values or members has none.
pub(super) fn word(ty: &Type) -> &'static str {
    match ty {
        Type::String => "string",
        Type::Integer => "integer",
        Type::Number => "number",
        Type::Boolean => "boolean",
        Type::Version => "version",
        Type::Date => "date",
        Type::Enum(_) | Type::List(_) | Type::Object(_) => "",
    }
}
