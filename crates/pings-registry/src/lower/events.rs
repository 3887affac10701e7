//! Events and tables.

use pings_model::{Argument, ArgumentType, Column, ColumnType, Event, Table};

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
            let nodes = part.node.get("args").map(Node::entries).unwrap_or_default();
            for ((name, raw), entry) in raw.args.iter().flatten().zip(nodes) {
                if let Some(ty) = argument_type(raw, &entry.value, cx) {
                    event.args.push(Argument {
                        name: name.clone(),
                        renamed_from: raw.renamed_from.0.clone(),
                        description: raw.description.clone(),
                        ty,
                        optional: raw.optional,
                    });
                }
            }
        }
        events.push(event);
    }
    events
}

fn argument_type(raw: &RawArgument, node: &Node<'_>, cx: &mut Context<'_>) -> Option<ArgumentType> {
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
pub(super) fn tables(raw: &RawRegistry<'_>) -> Vec<Table> {
    let table = |part: &crate::syntax::Part<'_, indexmap::IndexMap<String, RawColumn>>| Table {
        name: part.name.to_owned(),
        columns: part
            .value
            .iter()
            .flatten()
            .map(|(name, column)| Column {
                name: name.clone(),
                ty: column_type(column),
            })
            .collect(),
    };
    raw.tables.iter().map(table).collect()
}

/// The words were already checked by the schema check.
fn column_type(raw: &RawColumn) -> ColumnType {
    match raw {
        RawColumn::Enum(values) => ColumnType::Enum(values.clone()),
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
