//! Reads strings and characters.

use memchr::memmem;

use super::{Found, Kind, Lexer, Scope, is_word, regex};
use crate::language::rule::{How, Rule};

impl Lexer<'_> {
    /// Reads the string that begins here.
    pub(super) fn text(&self, open: &str, close: &str, how: How) -> Found {
        let content = self.at + open.len();
        let kind = if how.documents && self.is_statement(open, close, how) {
            Kind::Comment
        } else {
            Kind::String { content }
        };
        let (end, is_closed) = self.end_of_text(content, close, how);
        if is_closed || !how.lines {
            Found { end, kind }
        } else {
            Found::unclosed(end)
        }
    }

    /// Returns the position after a string, and whether the string was closed.
    fn end_of_text(&self, content: usize, close: &str, how: How) -> (usize, bool) {
        let mut at = content;
        while at < self.end {
            match self.text[at] {
                b'\\' if how.escapes => at += 1,
                b'\n' if !how.lines => return (at, false),
                _ if self.text[at..self.end].starts_with(close.as_bytes()) => {
                    return (at + close.len(), true);
                }
                _ => {}
            }
            at += 1;
        }
        (self.end, false)
    }

    /// Returns whether a string is a statement by itself, which documents the enclosing item.
    fn is_statement(&self, open: &str, close: &str, how: How) -> bool {
        if self.open > 0 {
            return false;
        }
        let before = self.before();
        let line_start = self.line_start();
        let line = before[line_start..].trim_ascii_end();
        let prefix = |byte: &&u8| b"rRuU".contains(byte);
        let letters = line.iter().rev().take(2).take_while(prefix).count();
        let is_first = line[..line.len() - letters].trim_ascii_end().is_empty();
        let is_head = |line: &[u8]| {
            let heads = [&b"def "[..], b"class ", b"async "];
            heads.iter().any(|head| line.starts_with(head))
        };
        let is_of_head = line.ends_with(b":") && is_head(line.trim_ascii_start());
        let goes_on = before[..line_start].trim_ascii_end().ends_with(b"\\");
        // A single-line string with text after it is a value.
        let is_alone = || {
            let (end, is_closed) = self.end_of_text(self.at + open.len(), close, how);
            let rest = self.text[end..self.end].iter();
            let next = rest.copied().find(|byte| !b" \t\r".contains(byte));
            is_closed && matches!(next, None | Some(b'\n' | b'#' | b';'))
        };
        !goes_on && (is_first || is_of_head) && (how.lines || is_alone())
    }

    /// Reads a word and the documentation string after it.
    pub(super) fn doc(&mut self, word: &str, scope: Scope) -> bool {
        let behind = self.rest().get(word.len()..).unwrap_or_default();
        if self.before().last().copied().is_some_and(is_word)
            || behind.first().copied().is_some_and(is_word)
        {
            return false;
        }
        let is_between = |byte: &&u8| b" \t=(~Ssraw".contains(byte);
        let between = behind.iter().take_while(is_between).count();
        if !matches!(behind.get(between), Some(b'"' | b'\'')) {
            return false;
        }
        self.at += word.len() + between;
        let before = self.tokens.len();
        let is_read = scope
            .rules
            .iter()
            .filter(|rule| matches!(rule, Rule::Text(..)))
            .any(|rule| self.apply(rule, scope));
        if let Some(token) = self.tokens.get_mut(before)
            && matches!(token.kind, Kind::String { .. })
        {
            token.kind = Kind::Comment;
        }
        is_read
    }

    /// Reads a character, or the quote of a lifetime, a type variable, an attribute or a quoted
    /// symbol.
    pub(super) fn character(&mut self) -> bool {
        let rest = &self.rest()[1..];
        let is_escaped = rest.first() == Some(&b'\\');
        // A character has at most four bytes.
        let window = if is_escaped { 12 } else { 5 };
        let begin = 1 + usize::from(is_escaped);
        let close = rest
            .iter()
            .enumerate()
            .take(window)
            .skip(begin)
            .find(|(_, byte)| **byte == b'\'');
        self.at += match close {
            Some((at, _)) if is_escaped || rest[..at].is_ascii() == (at == 1) => at + 2,
            _ => 1,
        };
        true
    }

    /// Reads a string, or a quote that transposes the matrix before it.
    pub(super) fn transpose(&mut self) -> bool {
        let is_operand = |byte: u8| is_word(byte) || b")]}'.".contains(&byte);
        if self.before().last().copied().is_some_and(is_operand) {
            self.at += 1;
            return true;
        }
        self.apply(&Rule::SINGLE_PLAIN, Scope::of(&[]))
    }

    /// Reads `[==[ … ]==]`.
    pub(super) fn long_string(&mut self) -> bool {
        let Some(end) = self.long(0) else {
            return false;
        };
        let equals = self.rest()[1..].iter().take_while(|byte| **byte == b'=');
        let content = self.at + equals.count() + 2;
        let kind = Kind::String { content };
        self.push(end.map_or_else(|| Found::unclosed(self.end), |end| Found { end, kind }));
        true
    }

    /// Reads `r"…"`, `br#"…"#`, or an identifier.
    pub(super) fn rust_raw(&mut self) -> bool {
        let rest = self.rest();
        let in_word = self.before().last().copied().is_some_and(is_word);
        let letters = rest
            .iter()
            .take(2)
            .take_while(|byte| b"rbc".contains(byte))
            .count();
        let hashes = rest[letters..]
            .iter()
            .take_while(|byte| **byte == b'#')
            .count();
        let is_raw = rest[..letters].contains(&b'r');
        if in_word || !is_raw || rest.get(letters + hashes) != Some(&b'"') {
            // The lexer reads the quote after a `b` separately.
            return false;
        }
        let open = letters + hashes + 1;
        let close = format!("\"{}", "#".repeat(hashes));
        self.raw(open, &close);
        true
    }

    /// Reads `R"x(…)x"`.
    pub(super) fn cpp_raw(&mut self) -> bool {
        let rest = self.rest();
        let Some(bracket) = rest.iter().take(20).position(|byte| *byte == b'(') else {
            return false;
        };
        let close = format!("){}\"", String::from_utf8_lossy(&rest[2..bracket]));
        self.raw(bracket + 1, &close);
        true
    }

    /// Reads a string without escapes whose content begins `open` bytes after the current position.
    fn raw(&mut self, open: usize, close: &str) {
        let content = self.at + open;
        let found = memmem::find(&self.rest()[open..], close.as_bytes());
        let kind = Kind::String { content };
        self.push(found.map_or_else(
            || Found::unclosed(self.end),
            |found| Found {
                end: content + found + close.len(),
                kind,
            },
        ));
    }

    /// Reads a regular expression, if the slash begins one.
    pub(super) fn regex(&mut self) -> bool {
        let Some(end) = regex::end(&self.text[..self.end], self.at) else {
            return false;
        };
        let kind = Kind::Regex;
        self.push(Found { end, kind });
        true
    }

    /// Reads a Vim script comment, if no string can begin here or if none ends on this line.
    pub(super) fn vim(&mut self) -> bool {
        let before = self.before().trim_ascii_end();
        let is_behind_value =
            before.len() < self.at && before.last().is_some_and(|byte| b")]}\"'".contains(byte));
        let rest = self.rest();
        let next = memchr::memchr2(b'\n', b'"', &rest[1..]).map(|at| at + 1);
        let is_open = next.is_none_or(|at| rest[at] == b'\n');
        if self.is_first() || is_behind_value || is_open {
            self.push(Found::comment(self.at + self.line().len()));
            return true;
        }
        self.apply(&Rule::DOUBLE, Scope::of(&[]))
    }
}
