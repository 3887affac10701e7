//! Where the parts of a registry stand, for those who point at them or add to them.

use saphyr_parser::ScalarStyle;

use crate::source::Span;
use crate::tree::{self, Content, Entry, Node};

/// Where the parts of a registry stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// `events`, if it is there.
    pub events: Option<Section>,
    /// `tables`, if it is there.
    pub tables: Option<Section>,
    /// `pings`, if it is there.
    pub pings: Option<Section>,
    /// Each key at the top, in order.
    pub keys: Vec<(String, Span)>,
}

/// A key at the top and what stands under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its key.
    pub key: Span,
    /// All of its value; the key where it has none.
    pub value: Span,
    /// Each part: the names of events and tables, the ids of pings, with the place where the part
    /// begins (its key, or the first key of a list's item) and all of it.
    pub parts: Vec<Part>,
    /// Whether it is written in brackets, `{…}` or `[…]`.
    pub is_flow: bool,
}

/// A part of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its name; empty where it has none.
    pub name: String,
    /// Its name, or where it begins.
    pub head: Span,
    /// All of it.
    pub whole: Span,
}

/// The outline of a registry; none where the text is no YAML.
#[must_use]
pub fn outline(text: &str) -> Option<Outline> {
    let root = tree::parse(text).ok()?;
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

/// From the first byte of anything in it to behind the last.
pub(crate) fn whole(text: &str, node: &Node<'_>) -> Span {
    Span {
        // Brackets begin before the first key.
        start: node.span.start.min(node.head().start),
        end: end(text, node),
    }
}

/// Behind the last byte of anything in it.
fn end(text: &str, node: &Node<'_>) -> usize {
    let own = match &node.content {
        Content::Scalar { style, .. } if is_block(*style) => end_of_block(text, node.span.start),
        // The parser ends a mapping or list in block style where the next token begins.
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

/// Where a text below `|` or `>` ends: comments that are not as deep are none of it.
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
