//! Locations of parts of a scalar's value in the text of the registry.

use crate::source::Span;
use crate::tree::Node;

/// Returns the location of the bytes `start..end` of a scalar's value.
///
/// A value differs from its source text only in quotes, escapes, indentation and folded line
/// breaks. Both are therefore walked in parallel: equal characters match, a whitespace character in
/// the value matches all adjacent whitespace in the source, and any other source character is
/// skipped. If no location is found (for a value with escapes such as `\u00e9`), the location of
/// the whole scalar is returned.
pub(crate) fn within(source: &str, node: &Node<'_>, start: usize, end: usize) -> Span {
    let (Some(value), Some(written)) = (node.text(), source.get(node.span.start..node.span.end))
    else {
        return node.span;
    };
    let content = content_start(written);
    let mut written = written
        .char_indices()
        .skip_while(|(at, _)| *at < content)
        .peekable();
    let (mut first, mut last) = (None, None);
    for (at, c) in value.char_indices() {
        if at >= end {
            break;
        }
        let found = if c.is_whitespace() {
            let found = written.peek().copied();
            while written
                .next_if(|(_, other)| other.is_whitespace())
                .is_some()
            {}
            found
        } else {
            written.by_ref().find(|(_, other)| *other == c)
        };
        let Some((found, width)) = found.map(|(found, c)| (found, c.len_utf8())) else {
            return node.span;
        };
        if at >= start {
            first.get_or_insert(found);
            last = Some(found + width);
        }
    }
    match (first, last) {
        (Some(first), Some(last)) => Span {
            start: node.span.start + first,
            end: node.span.start + last,
        },
        _ => Span {
            start: node.span.end,
            end: node.span.end,
        },
    }
}

/// Returns the start of the value: after an opening quote, or after the line with `|` or `>`.
fn content_start(written: &str) -> usize {
    match written.chars().next() {
        Some('"' | '\'') => 1,
        Some('|' | '>') => written.find('\n').map_or(0, |at| at + 1),
        _ => 0,
    }
}
