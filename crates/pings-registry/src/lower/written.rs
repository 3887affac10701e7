//! The text of SQL in the registry, and the locations of its parts.

use sqlparser::keywords::Keyword;
use sqlparser::parser::ParserError;
use sqlparser::tokenizer::{self, Token};

use crate::diagnostic::{Diagnostic, Rule};
use crate::place;
use crate::source::Span;
use crate::tree::Node;

/// The text of an SQL scalar, with its location in the registry.
#[derive(Clone, Copy)]
pub(super) struct Written<'n> {
    pub(super) source: &'n str,
    pub(super) node: &'n Node<'n>,
    pub(super) text: &'n str,
}

impl<'n> Written<'n> {
    /// Returns the location of a part of the SQL in the registry.
    pub(super) fn place(&self, span: tokenizer::Span) -> Span {
        let (Some(start), Some(end)) = (self.byte(span.start), self.byte(span.end)) else {
            return self.node.span;
        };
        place::within(self.source, self.node, start, end)
    }

    /// Returns the byte offset of a line and column, or `None` for line 0 (the empty span).
    pub(super) fn byte(&self, location: tokenizer::Location) -> Option<usize> {
        let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
        let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
        let line_start: usize = self
            .text
            .split_inclusive('\n')
            .take(line)
            .map(str::len)
            .sum();
        let line = self.text.get(line_start..)?;
        let in_line = line
            .char_indices()
            .nth(column)
            .map_or(line.len(), |(byte, _)| byte);
        Some(line_start + in_line)
    }

    /// Returns the diagnostic for SQL that cannot be parsed.
    pub(super) fn syntax_error(&self, error: &ParserError) -> Diagnostic {
        let message = match error {
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => {
                message.as_str()
            }
            ParserError::RecursionLimitExceeded => "it is nested too deeply",
        };
        let (message, location) = split_location(message);
        let span =
            location
                .and_then(|location| self.byte(location))
                .map_or(self.node.span, |start| {
                    let rest = self.text.get(start..).unwrap_or_default();
                    let word = rest
                        .find(|c: char| !c.is_alphanumeric() && c != '_')
                        .unwrap_or(rest.len());
                    let first = rest.chars().next().map_or(0, char::len_utf8);
                    place::within(self.source, self.node, start, start + word.max(first))
                });
        let message = message.replace("found: EOF", "found: end of text");
        Diagnostic::new(
            Rule::SqlSyntax,
            span,
            format!("this is not SQL: {}", uncapitalised(&message)),
        )
    }
}

/// Returns the keyword of a token, unless the token is quoted.
pub(super) fn keyword(token: &Token) -> Option<Keyword> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.keyword),
        _ => None,
    }
}

/// Splits a parser message into its text and its location.
fn split_location(message: &str) -> (&str, Option<tokenizer::Location>) {
    let parsed = message
        .rsplit_once(" at Line: ")
        .and_then(|(message, place)| {
            let (line, column) = place.split_once(", Column: ")?;
            let location = tokenizer::Location {
                line: line.parse().ok()?,
                column: column.parse().ok()?,
            };
            Some((message, location))
        });
    match parsed {
        Some((message, location)) => (message, Some(location)),
        None => (message, None),
    }
}

fn uncapitalised(message: &str) -> String {
    let mut chars = message.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
