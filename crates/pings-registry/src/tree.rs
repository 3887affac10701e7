//! The YAML syntax tree, in which every node has a location.
//!
//! serde reads text without locations, stops at the first error, and uses the last of two equal
//! keys. The events of the YAML parser are therefore read into this tree, which the schema check and
//! all messages use, and from which serde reads the values of the parts that passed.

use std::borrow::Cow;

use saphyr_parser::ScalarStyle;

use crate::source::Span;

/// A value in the YAML.
#[derive(Debug)]
pub(crate) struct Node<'a> {
    pub(crate) span: Span,
    pub(crate) content: Content<'a>,
    /// Whether the value passed the schema check, so that serde can read it. Set by the schema
    /// check for the parts that are read separately.
    pub(crate) sound: bool,
}

#[derive(Debug)]
pub(crate) enum Content<'a> {
    Scalar {
        text: Cow<'a, str>,
        style: ScalarStyle,
    },
    List(Vec<Node<'a>>),
    Mapping(Vec<Entry<'a>>),
}

/// A key and its value.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) key: Cow<'a, str>,
    pub(crate) key_span: Span,
    pub(crate) value: Node<'a>,
}

impl<'a> Node<'a> {
    /// Returns the text of a scalar that is not null.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// Returns whether the value is an unquoted scalar, which YAML may read as a number.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(
            self.content,
            Content::Scalar {
                style: ScalarStyle::Plain,
                ..
            }
        )
    }

    pub(crate) fn is_null(&self) -> bool {
        match &self.content {
            Content::Scalar {
                text,
                style: ScalarStyle::Plain,
            } => {
                matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL")
            }
            _ => false,
        }
    }

    /// Returns the items of a list.
    pub(crate) fn items(&self) -> &[Node<'a>] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the items of a list, or the value itself if it is not a list.
    pub(crate) fn one_or_many(&self) -> &[Node<'a>] {
        match &self.content {
            Content::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// Returns the entries of a mapping.
    pub(crate) fn entries(&self) -> &[Entry<'a>] {
        match &self.content {
            Content::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Returns the first entry with this key in a mapping.
    pub(crate) fn entry(&self, key: &str) -> Option<&Entry<'a>> {
        self.entries().iter().find(|entry| entry.key == key)
    }

    /// Returns the value with this key in a mapping.
    pub(crate) fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// Returns the location to show for the whole value. For a mapping, this is the first key.
    pub(crate) fn head(&self) -> Span {
        match &self.content {
            Content::Mapping(entries) => entries.first().map_or(self.span, |entry| entry.key_span),
            Content::List(items) => items.first().map_or(self.span, Node::head),
            Content::Scalar { .. } => self.span,
        }
    }
}
