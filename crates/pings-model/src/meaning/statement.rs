//! Captures in hand-written SQL.

use super::{Grouping, Meaning, Measured, Part, SourceKind};
use crate::{SqlCapture, SqlColumn, SqlPiece, SqlText, ValueType};

pub(super) fn capture(capture: &SqlCapture) -> Meaning {
    let SqlCapture {
        postgres,
        sqlite,
        columns,
    } = capture;
    let (mut by, mut measures) = (Vec::new(), Vec::new());
    for column in columns {
        let SqlColumn {
            name,
            ty,
            dimension,
        } = column;
        let (name, means) = (name.clone(), type_word(*ty).to_owned());
        if *dimension {
            let values = Vec::new();
            by.push(Grouping {
                name,
                means,
                values,
            });
        } else {
            measures.push(Measured { name, means });
        }
    }
    Meaning {
        of: SourceKind::Sql,
        parts: vec![
            (Part::Postgres, text(postgres)),
            (Part::Sqlite, text(sqlite)),
        ],
        by,
        measures,
    }
}

fn type_word(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer => "integer",
        ValueType::Number => "number",
        ValueType::Text => "text",
        ValueType::Boolean => "boolean",
        ValueType::Timestamp => "timestamp",
        ValueType::Json => "json",
        ValueType::Null => "null",
    }
}

/// A statement on one line, in lower case but for what is quoted, without comments.
fn text(sql: &SqlText) -> String {
    let SqlText(pieces) = sql;
    let mut words = String::new();
    for piece in pieces {
        match piece {
            SqlPiece::Text(text) => push_words(&mut words, text),
            SqlPiece::WeekStart => push(&mut words, ":week_start"),
            SqlPiece::WeekEnd => push(&mut words, ":week_end"),
        }
    }
    words
}

fn push(words: &mut String, word: &str) {
    if !words.is_empty() {
        words.push(' ');
    }
    words.push_str(word);
}

fn push_words(words: &mut String, mut rest: &str) {
    while let Some(first) = rest.chars().next() {
        let length = token(rest, first);
        let (token, after) = rest.split_at(length);
        rest = after;
        if first.is_whitespace() || token.starts_with("--") || token.starts_with("/*") {
            continue;
        }
        if is_quoted(token, first) {
            push(words, token);
        } else {
            push(words, &token.to_lowercase());
        }
    }
}

fn is_quoted(token: &str, first: char) -> bool {
    matches!(first, '\'' | '"' | '`' | '[') && token.len() > 1
        || first == '$' && token.ends_with('$')
        // The prefix of an E'…' string is of the string.
        || token.contains('\'')
}

/// How long the token is that the text begins with; at least its first character.
fn token(text: &str, first: char) -> usize {
    let end_of = |close: &str, from: usize| {
        text.get(from..)
            .and_then(|rest| rest.find(close))
            .map_or(text.len(), |at| from + at + close.len())
    };
    if text.starts_with("--") {
        return end_of("\n", 2);
    }
    if text.starts_with("/*") {
        return end_of("*/", 2);
    }
    match first {
        '\'' | '"' | '`' => end_of(first.encode_utf8(&mut [0; 4]), 1),
        '$' => dollar_quoted(text).unwrap_or_else(|| word(text).max(1)),
        'E' | 'e' if text[1..].starts_with('\'') => 1 + escaped(&text[1..]),
        _ if is_word(first) => word(text),
        _ => first.len_utf8(),
    }
}

/// A text with escapes, in which a backslash takes the next character with it.
fn escaped(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\'' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `$tag$ … $tag$`
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag = 1 + text.get(1..)?.find(|c: char| !is_word(c) || c == '$')?;
    let open = text.get(..=tag).filter(|open| open.ends_with('$'))?;
    let close = text.get(open.len()..)?.find(open)?;
    Some(open.len() + close + open.len())
}

fn word(text: &str) -> usize {
    text.find(|c: char| !is_word(c)).unwrap_or(text.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}
