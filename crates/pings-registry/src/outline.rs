//! Where the parts of a registry stand, for those who point at them or add to them.

use crate::source::Span;
use crate::tree::{self, Content, Entry, Node};

/// Where the parts of a registry stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// `events`, if it is there.
    pub events: Option<Section>,
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
    /// Each part: the names of events, the ids of pings, with the place where the part
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
        Content::Mapping(entries) => entries.iter().map(of_entry).collect(),
        Content::List(items) => items.iter().map(of_item).collect(),
        Content::Scalar { .. } => Vec::new(),
    };
    let begins_with = |bracket: char| {
        text.get(value.span.start..)
            .is_some_and(|rest| rest.starts_with(bracket))
    };
    let is_flow = match &value.content {
        Content::Mapping(_) => begins_with('{'),
        Content::List(_) => begins_with('['),
        Content::Scalar { .. } => false,
    };
    Section {
        key: entry.key_span,
        value: value.span,
        parts,
        is_flow,
    }
}

fn of_entry(entry: &Entry<'_>) -> Part {
    Part {
        name: entry.key.to_string(),
        head: entry.key_span,
        whole: Span {
            start: entry.key_span.start,
            end: end(&entry.value).max(entry.key_span.end),
        },
    }
}

fn of_item(item: &Node<'_>) -> Part {
    let name = item.get("id").and_then(Node::text).unwrap_or_default();
    let head = item.head();
    Part {
        name: name.to_owned(),
        head,
        whole: Span {
            start: head.start,
            end: end(item),
        },
    }
}

/// The last byte of anything in it.
fn end(node: &Node<'_>) -> usize {
    let parts = node.entries().iter().map(|entry| end(&entry.value));
    let items = node.items().iter().map(end);
    parts.chain(items).fold(node.span.end, usize::max)
}
