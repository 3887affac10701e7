//! The locations of a registry's sections and entries, for tools that point to them or add to them.

use saphyr_parser::ScalarStyle;

use crate::read_tree;
use crate::source::Span;
use crate::tree::{Content, Entry, Node};

/// The locations of a registry's sections and entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// The section `events`, if it exists.
    pub events: Option<Section>,
    /// The section `tables`, if it exists.
    pub tables: Option<Section>,
    /// The section `pings`, if it exists.
    pub pings: Option<Section>,
    /// All top-level keys, in order.
    pub keys: Vec<(String, Span)>,
}

/// A top-level key with its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The location of the key.
    pub key: Span,
    /// The location of the whole value, or of the key if there is no value.
    pub value: Span,
    /// The entries: events and tables by name, pings by id.
    pub parts: Vec<Part>,
    /// Whether the value is in flow style, `{…}` or `[…]`.
    pub is_flow: bool,
}

/// An entry of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name, or an empty text if the entry has no name.
    pub name: String,
    /// The location of the name, or of the first key of a list item.
    pub head: Span,
    /// The location of the whole entry.
    pub whole: Span,
}

/// Returns the outline of a registry, or `None` if the text is not YAML.
#[must_use]
pub fn outline(text: &str) -> Option<Outline> {
    let root = read_tree::parse(text).ok()?;
    let section = |name: &str| root.entry(name).map(|entry| section(text, entry));
    Some(Outline {
        events: section("events"),
        tables: section("tables"),
        pings: section("pings"),
        keys: root
            .entries()
            .iter()
            .map(|entry| (entry.key.to_string(), entry.key_span))
            .collect(),
    })
}

fn section(text: &str, entry: &Entry<'_>) -> Section {
    let value = &entry.value;
    let parts = match &value.content {
        Content::Mapping(entries) => entries.iter().map(|it| of_entry(text, it)).collect(),
        Content::List(items) => items.iter().map(|it| of_item(text, it)).collect(),
        Content::Scalar { .. } => Vec::new(),
    };
    Section {
        key: entry.key_span,
        value: value.span,
        parts,
        is_flow: is_flow(text, value),
    }
}

fn of_entry(text: &str, entry: &Entry<'_>) -> Part {
    Part {
        name: entry.key.to_string(),
        head: entry.key_span,
        whole: Span {
            start: entry.key_span.start,
            end: end(text, &entry.value).max(entry.key_span.end),
        },
    }
}

fn of_item(text: &str, item: &Node<'_>) -> Part {
    let name = item.get("id").and_then(Node::text).unwrap_or_default();
    Part {
        name: name.to_owned(),
        head: item.head(),
        whole: whole(text, item),
    }
}

/// Returns the span from the first to the last byte of a node.
pub(crate) fn whole(text: &str, node: &Node<'_>) -> Span {
    Span {
        // An opening bracket comes before the first key.
        start: node.span.start.min(node.head().start),
        end: end(text, node),
    }
}

/// Returns the position after the last byte of a node.
fn end(text: &str, node: &Node<'_>) -> usize {
    let own = match &node.content {
        Content::Scalar { style, .. } if is_block(*style) => end_of_block(text, node.span.start),
        // The parser ends a block-style mapping or list at the start of the next token.
        Content::Mapping(_) | Content::List(_) if !is_flow(text, node) => node.span.start,
        _ => node.span.end,
    };
    let parts = node.entries().iter().map(|entry| end(text, &entry.value));
    let items = node.items().iter().map(|item| end(text, item));
    parts.chain(items).fold(own, usize::max)
}

fn is_block(style: ScalarStyle) -> bool {
    matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
}

fn is_flow(text: &str, node: &Node<'_>) -> bool {
    let rest = text.get(node.span.start..).unwrap_or_default();
    match node.content {
        Content::Mapping(_) => rest.starts_with('{'),
        Content::List(_) => rest.starts_with('['),
        Content::Scalar { .. } => false,
    }
}

/// Returns the end of a text in `|` or `>` style. Comments with less indentation are not part of
/// the text.
fn end_of_block(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let mut end = start;
    let mut at = start;
    let mut indent = None;
    for (number, line) in rest.split_inclusive('\n').enumerate() {
        let content = line.trim_end();
        let depth = content.len() - content.trim_start().len();
        if number == 0 {
            end = at + content.len();
        } else if !content.is_empty() {
            if depth < *indent.get_or_insert(depth.max(1)) {
                break;
            }
            end = at + content.len();
        }
        at += line.len();
    }
    end
}
