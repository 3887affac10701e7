//! Splits SQL into tokens, as far as the mutations need it.

use pings_model::schema::Shape;
use pings_registry::Span;

use crate::part::{Part, Parts};

/// A token of SQL, with its position in the registry's text.
#[derive(Clone, Copy)]
pub struct Token {
    pub span: Span,
    pub kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Word,
    Number,
    /// The contents of a string literal, without the quotes.
    String,
    Symbol,
}

/// Returns the tokens of a part. A part that is not SQL has no tokens.
pub fn of_part(parts: &Parts<'_>, part: &Part) -> Vec<Token> {
    let is_raw = part.field.starts_with("pings.metrics.sql.");
    if !is_raw && !matches!(part.shape, Shape::Sql) {
        return Vec::new();
    }
    let Span { mut start, end } = parts.inner(part);
    let mut tokens = Vec::new();
    while let Some(first) = parts.text[start..end].chars().next() {
        let rest = &parts.text[start..end];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let run = |of: &dyn Fn(char) -> bool| {
            let rest = &rest[first.len_utf8()..];
            first.len_utf8() + rest.find(|c| !of(c)).unwrap_or(rest.len())
        };
        let (kind, length) = match first {
            ' ' | '\n' => (None, 1),
            '\'' => (Some(Kind::String), run(&|c| c != '\'') + 1),
            '0'..='9' => (Some(Kind::Number), run(&|c| c.is_ascii_digit())),
            '<' | '>' => (Some(Kind::Symbol), run(&|c| c == '=' || c == '>')),
            _ if is_word(first) => (Some(Kind::Word), run(&is_word)),
            ':' if rest[1..].starts_with(is_word) => (Some(Kind::Word), run(&is_word)),
            _ => (Some(Kind::Symbol), first.len_utf8()),
        };
        let span = match kind {
            Some(Kind::String) => Span {
                start: start + 1,
                end: start + length - 1,
            },
            _ => Span {
                start,
                end: start + length,
            },
        };
        tokens.extend(kind.map(|kind| Token { span, kind }));
        start += length;
    }
    tokens
}
