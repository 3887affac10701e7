//! The attribute `data-ping`, which fires an event.

use memchr::memmem;

use super::Search;
use crate::argument::Argument;
use crate::call::ATTRIBUTE;
use crate::lexer::is_word;
use crate::names::Hit;

/// The marks that begin and end a value of a template.
const TEMPLATES: &[(&[u8], &[u8])] = &[
    (b"{{", b"}}"),
    (b"{%", b"%}"),
    (b"<%", b"%>"),
    (b"<?", b"?>"),
    (b"${", b"}"),
    (b"#{", b"}"),
    (b"@(", b")"),
    (b"{", b"}"),
    (b"@", b""),
];

impl Search<'_> {
    /// Records the name in an attribute. Returns whether the hit was a match.
    pub(super) fn is_attribute(&mut self, hit: Hit) -> bool {
        // `:data-ping` has an expression as its value, and `data-x-data-ping` is another attribute.
        let is_other = |byte: u8| is_word(byte) || b":-.".contains(&byte);
        if self.before(hit.start).is_some_and(is_other) {
            return false;
        }
        let arguments = match self.parsed_arguments(hit) {
            Some(parsed) => parsed,
            None => value(self.text, hit.end).into_iter().collect(),
        };
        self.logged(hit, ATTRIBUTE, arguments);
        false
    }
}

/// Reads the value of an attribute.
fn value(text: &[u8], at: usize) -> Option<Argument> {
    let rest = text.get(at..)?;
    // A backslash precedes the quote inside a string.
    let quote = rest.strip_prefix(b"\\").unwrap_or(rest).first().copied()?;
    let open = if rest.first() == Some(&b'\\') { 2 } else { 1 };
    let (start, end) = if b"\"'".contains(&quote) {
        let start = at + open;
        let end = memmem::find(&text[start..], &rest[..open])?;
        (start, start + end)
    } else {
        let is_plain = |byte: &&u8| is_word(**byte) || b"-.:/".contains(byte);
        let length = rest.iter().take_while(is_plain).count();
        (at, at + length)
    };
    let value = std::str::from_utf8(text.get(start..end)?).ok()?;
    let is_line = !value.contains(['\n', '\\']);
    if value.is_empty() || !is_line {
        return None;
    }
    Some(match dynamic(value) {
        None => Argument::Constant {
            start,
            text: value.to_owned(),
        },
        Some((prefix, suffix)) => Argument::Dynamic {
            start,
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
        },
    })
}

/// Returns the text before the first value of a template and after the last, or `None` if there is
/// no such value.
fn dynamic(value: &str) -> Option<(&str, &str)> {
    let find = |(open, close): &(&[u8], &[u8])| {
        let begin = memmem::find(value.as_bytes(), open)?;
        let end = match close {
            [] => value.len(),
            close => {
                memmem::rfind(value.as_bytes(), close).map_or(value.len(), |at| at + close.len())
            }
        };
        Some((begin, end.max(begin)))
    };
    let (begin, end) = TEMPLATES.iter().find_map(find)?;
    Some((value.get(..begin)?, value.get(end..)?))
}
