//! Where a part of a scalar's value stands in the text of the registry.

use crate::source::Span;
use crate::tree::Node;

/// The place of the bytes `start..end` of a scalar's value.
///
/// A value is its source but for quotes, escapes, indentation and folded line
/// breaks. So the two are walked side by side: equal characters are the same
/// one, a blank of the value stands for all blanks of the source, and what
/// else the source holds is passed over. Where that finds no place (a value
/// with escapes such as `\u00e9`), the whole scalar is the place.
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

/// Where the value begins: behind a quote, or behind the line of `|` or `>`.
fn content_start(written: &str) -> usize {
    match written.chars().next() {
        Some('"' | '\'') => 1,
        Some('|' | '>') => written.find('\n').map_or(0, |at| at + 1),
        _ => 0,
    }
}
