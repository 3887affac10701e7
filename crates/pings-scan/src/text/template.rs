//! The expressions in the template of a component, which can use what its script imports.

use std::ops::Range;

use memchr::memmem;

use crate::lexer::is_word;

/// The beginnings of attributes of Vue whose values are expressions.
const BOUND: &[&str] = &[":", "@", "#", "v-"];

/// An attribute of Svelte that names a function.
const ACTION: &[u8] = b"use:";

/// The maximum length in bytes of the types and comments between a function and its arguments.
const FARTHEST: usize = 500;

/// Returns the ranges of the expressions in a template, without the strings in them, in order.
/// `scripts` are the ranges of the scripts, in order.
pub(super) fn expressions(
    text: &[u8],
    scripts: &[Range<usize>],
    is_vue: bool,
) -> Vec<Range<usize>> {
    let mut reader = Reader {
        text,
        at: 0,
        is_vue,
        ranges: Vec::new(),
    };
    let mut scripts = scripts.iter();
    let mut next = scripts.next();
    while reader.at < text.len() {
        while let Some(script) = next.filter(|script| script.start <= reader.at) {
            reader.at = reader.at.max(script.end);
            next = scripts.next();
        }
        reader.read();
    }
    reader.ranges
}

/// Returns whether the text after a name calls it: `()`, `?.()`, `!()`, `<T>()`, `/* why */ ()`.
pub(super) fn is_called(behind: &[u8]) -> bool {
    let mut rest = &behind[..behind.len().min(FARTHEST)];
    loop {
        rest = rest.trim_ascii_start();
        rest = match rest {
            [b'(', ..] => return true,
            [b'?', b'.', inner @ ..] if !inner.first().is_some_and(|byte| is_word(*byte)) => inner,
            [b'!', inner @ ..] => inner,
            [b'/', b'*', inner @ ..] => match memmem::find(inner, b"*/") {
                Some(end) => &inner[end + 2..],
                None => return false,
            },
            [b'<', ..] => match types(rest) {
                Some(end) => &rest[end..],
                None => return false,
            },
            _ => return false,
        };
    }
}

/// Returns the length of `<…>`, if only types are in it.
fn types(text: &[u8]) -> Option<usize> {
    let mut open = 0_usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'<' => open += 1,
            b'>' => open -= 1,
            b'.' | b',' | b'|' | b'&' | b'[' | b']' | b'{' | b'}' | b':' | b'\'' | b'"' => {}
            _ if is_word(*byte) || byte.is_ascii_whitespace() => {}
            _ => return None,
        }
        if open == 0 {
            return Some(at + 1);
        }
    }
    None
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    is_vue: bool,
    ranges: Vec<Range<usize>>,
}

impl Reader<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Moves behind a mark, or to the end of the text.
    fn skip_behind(&mut self, mark: &[u8]) {
        let found = memmem::find(self.rest(), mark).map(|at| at + mark.len());
        self.at += found.unwrap_or(self.text.len() - self.at);
    }

    /// Reads text up to the end of the next tag or expression.
    fn read(&mut self) {
        match self.rest() {
            [b'<', b'!', b'-', b'-', ..] => self.skip_behind(b"-->"),
            [b'<', next, ..] if next.is_ascii_alphabetic() => self.tag(),
            [b'{', b'{', ..] if self.is_vue => {
                self.at += 2;
                self.expression();
            }
            [b'{', ..] if !self.is_vue => {
                self.at += 1;
                self.expression();
            }
            _ => self.at += 1,
        }
    }

    /// Reads an opening tag.
    fn tag(&mut self) {
        let name = self.rest()[1..].iter();
        let length = name
            .take_while(|byte| is_word(**byte) || **byte == b'-')
            .count();
        let is_style = self.rest()[1..=length].eq_ignore_ascii_case(b"style");
        self.at += 1 + length;
        while let Some(byte) = self.peek() {
            match byte {
                b'>' => {
                    self.at += 1;
                    break;
                }
                b'{' => {
                    self.at += 1;
                    self.expression();
                }
                _ if byte.is_ascii_whitespace() || byte == b'/' => self.at += 1,
                _ => self.attribute(),
            }
        }
        if is_style {
            self.skip_behind(b"</");
        }
    }

    fn attribute(&mut self) {
        let start = self.at;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b"=>/{".contains(byte);
        let length = self.rest().iter().skip(1).position(ends).map(|at| at + 1);
        self.at += length.unwrap_or(self.text.len() - start);
        let name = &self.text[start..self.at];
        let is_bound = self.is_vue && BOUND.iter().any(|mark| name.starts_with(mark.as_bytes()));
        if !self.is_vue && name.starts_with(ACTION) {
            self.ranges.push(start + ACTION.len()..self.at);
        }
        if self.peek() != Some(b'=') {
            return;
        }
        self.at += 1;
        match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.value(quote, is_bound),
            Some(b'{') if !self.is_vue => {
                self.at += 1;
                self.expression();
            }
            _ => {
                let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
                let length = self.rest().iter().position(ends);
                let end = length.map_or(self.text.len(), |length| self.at + length);
                if is_bound {
                    self.code(end);
                }
                self.at = end;
            }
        }
    }

    /// Reads a value in quotes.
    fn value(&mut self, quote: u8, is_bound: bool) {
        self.at += 1;
        let length = memchr::memchr(quote, self.rest());
        let end = length.map_or(self.text.len(), |length| self.at + length);
        if is_bound {
            self.code(end);
        } else if !self.is_vue {
            while let Some(open) = memchr::memchr(b'{', &self.text[self.at..end]) {
                self.at += open + 1;
                self.code(end);
            }
        }
        self.at = end + 1;
    }

    /// Reads the expression after a brace, and the brace that closes it.
    fn expression(&mut self) {
        self.code(self.text.len());
    }

    /// Reads code up to the brace that closes it, or up to `end`.
    fn code(&mut self, end: usize) {
        let mut start = self.at;
        // The open braces; each is in code or in a template literal.
        let mut braces: Vec<bool> = Vec::new();
        while self.at < end {
            let byte = self.text[self.at];
            let is_literal = match byte {
                b'{' => {
                    braces.push(false);
                    false
                }
                b'}' => match braces.pop() {
                    Some(is_literal) => is_literal,
                    None => {
                        self.ranges.push(start..self.at);
                        self.at += 1;
                        return;
                    }
                },
                b'`' => true,
                _ => false,
            };
            if is_literal || b"\"'".contains(&byte) {
                self.ranges.push(start..self.at);
                if self.string(byte, end) {
                    braces.push(true);
                }
                start = self.at;
            } else {
                self.at += 1;
            }
        }
        self.ranges.push(start.min(end)..end);
        self.at = end;
    }

    /// Reads a string, or the rest of a template literal after `}`. Returns whether code of a
    /// template literal follows.
    fn string(&mut self, open: u8, end: usize) -> bool {
        let close = if open == b'}' { b'`' } else { open };
        self.at += 1;
        while self.at < end {
            let byte = self.text[self.at];
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'\n' if close != b'`' => return false,
                b'$' if close == b'`' && self.peek() == Some(b'{') => {
                    self.at += 1;
                    return true;
                }
                _ if byte == close => return false,
                _ => {}
            }
        }
        self.at = end;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{expressions, is_called};

    /// Returns the expressions of a template, separated by bars.
    fn read(text: &str, is_vue: bool) -> String {
        let found = expressions(text.as_bytes(), &[], is_vue);
        let texts = found.into_iter().map(|range| &text[range]);
        texts
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("|")
    }

    #[test]
    fn an_expression_is_told_from_text() {
        for (text, expected) in [
            ("a: b, c? d <b>e</b>", ""),
            (
                "<a :b=\"c\" d=\"e: f\" @g.h='i(j)' v-k=l m>{{ n }} {o}",
                "c|i(j)|l| n ",
            ),
            ("{{ a + 'b' + `c ${d} e` }} f", " a + | + |d| "),
            ("<!-- {{ a }} --><style>{{ b }}</style>{{ c }}", " c "),
            ("{{ {a: {b}} }} c", " {a: {b}} "),
            ("<a :b=\"c", "c"),
            ("{{ 'a", " "),
        ] {
            assert_eq!(read(text, true), expected, "{text}");
        }
        for (text, expected) in [
            ("a: b {c} {{d}}", "c|{d}"),
            (
                "<a b={c} d=\"e {f} g\" {h} use:i on:j={() => k()}>",
                "c|f|h|i|() => k()",
            ),
            ("{`a ${'}'} b`} c", "|"),
        ] {
            assert_eq!(read(text, false), expected.trim_matches('|'), "{text}");
        }
    }

    #[test]
    fn a_call_is_told_from_a_value() {
        for text in [
            "()",
            " (",
            "?.()",
            "!()",
            "<T>()",
            "<A<B>, 'c' | d[]>(",
            " /* why */ (",
            "!?.()",
        ] {
            assert!(is_called(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            " ? (a) : b",
            "?.a()",
            " != (a)",
            " < (a)",
            ": (",
            "/* (",
        ] {
            assert!(!is_called(text.as_bytes()), "{text}");
        }
    }
}
