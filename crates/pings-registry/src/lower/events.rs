//! Events and tables.

use indexmap::IndexMap;
use pings_model::{Argument, ArgumentType, Column, ColumnType, Event, Table};

use super::values;
use crate::context::Context;
use crate::diagnostic::Rule;
use crate::syntax::{RawArgument, RawColumn, RawRegistry};
use crate::tree::Node;

/// Returns all events, including those that failed the schema check, so that indices stay the same.
pub(super) fn events(raw: &RawRegistry<'_>, cx: &mut Context<'_>) -> Vec<Event> {
    let mut events = Vec::with_capacity(raw.events.len());
    for part in &raw.events {
        let mut event = Event {
            name: part.name.to_owned(),
            description: None,
            renamed_from: Vec::new(),
            search: None,
            args: Vec::new(),
        };
        if let Some(raw) = &part.value {
            event.description.clone_from(&raw.description);
            event.renamed_from.clone_from(&raw.renamed_from.0);
            event.search.clone_from(&raw.search);
            if let (Some(raw), Some(node)) = (&raw.args, part.node.get("args")) {
                event.args = arguments(raw, node, cx);
            }
        }
        events.push(event);
    }
    events
}

fn arguments(
    raw: &IndexMap<String, RawArgument>,
    node: &Node<'_>,
    cx: &mut Context<'_>,
) -> Vec<Argument> {
    let mut arguments = Vec::with_capacity(raw.len());
    for ((name, raw), entry) in raw.iter().zip(node.entries()) {
        if let Some((ty, values_file)) = argument_type(raw, &entry.value, cx) {
            arguments.push(Argument {
                name: name.clone(),
                renamed_from: raw.renamed_from.0.clone(),
                description: raw.description.clone(),
                optional: match &ty {
                    ArgumentType::Object(members) => members.iter().all(|it| it.optional),
                    _ => raw.optional,
                },
                ty,
                values_file,
            });
        }
    }
    arguments
}

/// Returns the type of an argument, and the file that lists its values.
fn argument_type(
    raw: &RawArgument,
    node: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<(ArgumentType, Option<String>)> {
    if let Some(object) = node.entry("object") {
        let ty = object_type(raw, node, &object.value, cx)?;
        return Some((ty, None));
    }
    if let Some(list) = node.entry("list") {
        return list_type(raw, node, &list.value, cx);
    }
    if let Some(listed) = node.entry("values") {
        let is_string = matches!(raw.ty.as_deref(), None | Some("string"));
        if raw.values.is_some() || !is_string {
            let message = "`values` lists texts, so the argument has no other type";
            let help = "remove `enum`, or `type` unless it is `string`";
            cx.error(Rule::MisplacedKey, listed.key_span, message, help);
            return None;
        }
        let (values, file) = values::values(&listed.value, cx)?;
        return Some((ArgumentType::Enum(values), file));
    }
    let ty = plain_type(raw, node, cx)?;
    Some((ty, None))
}

fn object_type(
    raw: &RawArgument,
    node: &Node<'_>,
    object: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<ArgumentType> {
    for key in ["type", "enum", "values", "list", "renamed_from", "optional"] {
        let help = match key {
            "renamed_from" => "declare the object under its old key, too",
            "optional" => "make all its members optional: the object can then be missing",
            _ => "remove it, or make it a member of the object",
        };
        cx.misplaced(node, key, "does not apply to an object", help);
    }
    match &raw.object {
        Some(members) if !members.is_empty() => {
            Some(ArgumentType::Object(arguments(members, object, cx)))
        }
        _ => {
            let help = "declare its members: `object: { size: integer }`";
            cx.error(
                Rule::MissingKey,
                object.head(),
                "an object without members",
                help,
            );
            None
        }
    }
}

/// Returns the type of a list, and the file that lists its values.
fn list_type(
    raw: &RawArgument,
    node: &Node<'_>,
    list: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<(ArgumentType, Option<String>)> {
    for key in ["type", "enum", "values"] {
        let help = "write it inside `list`: `list: { enum: [a, b] }`";
        cx.misplaced(node, key, "does not apply to a list", help);
    }
    for key in ["optional", "renamed_from", "description"] {
        let help = "write it beside `list`";
        cx.misplaced(list, key, "does not apply to the values of a list", help);
    }
    let item = raw.list.as_deref()?;
    let refused = [
        (
            list.entry("object"),
            "a list of objects",
            "log an event for each object, with the members as its arguments",
        ),
        (
            list.entry("list"),
            "a list of lists",
            "log an event for each list",
        ),
    ];
    for (entry, what, help) in refused {
        if let Some(entry) = entry {
            let message = format!("{what} cannot be counted");
            cx.error(Rule::MisplacedKey, entry.key_span, message, help);
            return None;
        }
    }
    if let Some(word) = item
        .ty
        .as_deref()
        .filter(|word| *word != "string" || list.get("values").is_none())
    {
        let place = list
            .entry("type")
            .map_or(list.head(), |entry| entry.value.span);
        let message = format!("a list of values of the type {word} cannot be counted");
        let help = "list the allowed texts: `list: { enum: [a, b] }` or `list: { values: { file: languages.txt } }`";
        cx.error(Rule::TypeMismatch, place, message, help);
        return None;
    }
    let (ty, file) = argument_type(item, list, cx)?;
    match ty {
        ArgumentType::Enum(values) => Some((ArgumentType::List(values), file)),
        _ => None,
    }
}

fn plain_type(raw: &RawArgument, node: &Node<'_>, cx: &mut Context<'_>) -> Option<ArgumentType> {
    match (&raw.values, raw.ty.as_deref()) {
        (Some(values), None) => Some(ArgumentType::Enum(values.clone())),
        (None, Some("string")) => Some(ArgumentType::String),
        (None, Some("integer")) => Some(ArgumentType::Integer),
        (None, Some("number")) => Some(ArgumentType::Number),
        (None, Some("boolean")) => Some(ArgumentType::Boolean),
        (None, Some("version")) => Some(ArgumentType::Version),
        (Some(_), Some(_)) => {
            let help = "an enum is text: remove `type`";
            cx.error(
                Rule::MisplacedKey,
                node.head(),
                "an argument has both `type` and `enum`",
                help,
            );
            None
        }
        (None, _) => {
            let help = "set `type: string`, or list the allowed values: `enum: [a, b]`";
            cx.error(
                Rule::MissingKey,
                node.head(),
                "an argument needs `type` or `enum`",
                help,
            );
            None
        }
    }
}

/// Returns all tables, including those that failed the schema check, so that indices stay the same.
pub(super) fn tables(raw: &RawRegistry<'_>, cx: &mut Context<'_>) -> Vec<Table> {
    let mut tables = Vec::with_capacity(raw.tables.len());
    for part in &raw.tables {
        let mut columns = Vec::new();
        let declared = part.value.iter().flatten();
        for ((name, raw), entry) in declared.zip(part.node.entries()) {
            columns.push(Column {
                name: name.clone(),
                ty: column_type(raw, &entry.value, cx),
            });
        }
        let lists = |tables: &Option<Vec<String>>| {
            let mut tables = tables.iter().flatten();
            tables.any(|table| table == part.name)
        };
        let database = raw.databases.iter().find(|(_, tables)| lists(tables));
        tables.push(Table {
            name: part.name.to_owned(),
            columns,
            database: database.map(|(name, _)| name.clone()),
        });
    }
    tables
}

/// Returns the type of a column. The words were already checked by the schema check. After an
/// error, the column is a text.
fn column_type(raw: &RawColumn, node: &Node<'_>, cx: &mut Context<'_>) -> ColumnType {
    match raw {
        RawColumn::Enum => match values::texts("column", node, cx) {
            Some(values) => ColumnType::Enum(values),
            None => ColumnType::Text,
        },
        RawColumn::Type(word) => match word.as_str() {
            "integer" => ColumnType::Integer,
            "number" => ColumnType::Number,
            "boolean" => ColumnType::Boolean,
            "timestamp" => ColumnType::Timestamp,
            "json" => ColumnType::Json,
            "version" => ColumnType::Version,
            _ => ColumnType::Text,
        },
    }
}
