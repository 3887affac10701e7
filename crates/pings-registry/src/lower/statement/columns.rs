//! The columns that hand-written SQL selects.

use pings_model::{SqlColumn, ValueType};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::values;
use crate::nearest::with_suggestion;
use crate::syntax::{RawBy, RawColumn, RawMetric};
use crate::tree::Node;

/// Returns the selected columns. Columns in `by` are dimensions, and the rest are measures.
pub(super) fn columns(
    raw: &RawMetric,
    node: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<SqlColumn>> {
    let (Some(columns), Some(columns_node)) = (&raw.columns, node.get("columns")) else {
        let help = "list the selected columns, in order: `columns: { type: text, count: integer }`";
        cx.error(
            Rule::MissingKey,
            node.head(),
            "hand-written SQL needs `columns`",
            help,
        );
        return None;
    };
    let by = match &raw.by {
        Some(RawBy::Names(names)) => names.as_slice(),
        Some(RawBy::Expressions(_)) => {
            let span = node.get("by").map_or(node.span, Node::head);
            let help = "list the columns that are dimensions: `by: [type]`";
            cx.error(
                Rule::MisplacedKey,
                span,
                "SQL in the `by` of hand-written SQL",
                help,
            );
            return None;
        }
        None => &[],
    };
    let mut sound = true;
    let items = node.get("by").map(Node::items).unwrap_or_default();
    for (at, item) in items.iter().enumerate() {
        let Some(name) = item.text() else { continue };
        if columns.contains_key(name) {
            if items[..at].iter().any(|other| other.text() == Some(name)) {
                let message = format!("`{name}` is listed twice");
                cx.error(Rule::DuplicateValue, item.span, message, "remove one");
            }
            continue;
        }
        let unknown = Diagnostic::new(
            Rule::UnknownColumn,
            item.span,
            format!("`columns` has no `{name}`"),
        );
        cx.report(with_suggestion(
            unknown,
            name,
            "its columns are",
            columns.keys().map(String::as_str),
        ));
        sound = false;
    }
    let mut result = Vec::new();
    for ((name, column), entry) in columns.iter().zip(columns_node.entries()) {
        let dimension = by.contains(name);
        let (ty, values) = match column {
            RawColumn::Enum => {
                let texts = values::texts("column", &entry.value, cx);
                sound &= texts.is_some();
                (ValueType::Text, texts)
            }
            RawColumn::Type(word) => (type_of(word), None),
        };
        if !dimension && !ty.is_numeric() {
            let word = ty.as_str();
            let message = format!("`{name}` is of type {word}, which cannot be measured");
            let help = format!("group by it: `by: [{name}]`; or declare it integer or number");
            cx.error(Rule::TypeMismatch, entry.value.span, message, help);
            sound = false;
        }
        result.push(SqlColumn {
            name: name.clone(),
            ty,
            values,
            dimension,
        });
    }
    if !result.iter().any(|column| !column.dimension) {
        let help = "add a column of type integer or number that is not in `by`";
        cx.error(
            Rule::TypeMismatch,
            columns_node.head(),
            "this SQL measures nothing",
            help,
        );
        sound = false;
    }
    sound.then_some(result)
}

/// The words were already checked by the schema check.
fn type_of(word: &str) -> ValueType {
    match word {
        "integer" => ValueType::Integer,
        "number" => ValueType::Number,
        "boolean" => ValueType::Boolean,
        _ => ValueType::Text,
    }
}
