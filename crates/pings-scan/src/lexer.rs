//! Which parts of a source file are comments, and which are strings.
//!
//! It knows no language well, and all of them well enough: a quote that it
//! takes for what it is not is put right at the end of its line.

mod regex;

use memchr::memmem;

use crate::language::Language;

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A comment, or a string that stands for one.
    Comment,
    /// A regular expression.
    Regex,
    /// A string, of which the content begins there.
    String { content: usize },
}

/// The comments and strings of a text, in order, up to the first that begins behind `until`.
pub(crate) fn parts(text: &[u8], language: Language, until: usize) -> Vec<Part> {
    let mut lexer = Lexer {
        text,
        language,
        at: 0,
        parts: Vec::new(),
        templates: Vec::new(),
        open: 0,
    };
    while lexer.at < text.len().min(until + 1) {
        lexer.step();
    }
    lexer.parts
}

/// The part that a place lies in.
pub(crate) fn part_at(parts: &[Part], place: usize) -> Option<Part> {
    let after = parts.partition_point(|part| part.start <= place);
    let part = parts.get(after.checked_sub(1)?)?;
    (place < part.end).then_some(*part)
}

struct Lexer<'t> {
    text: &'t [u8],
    language: Language,
    at: usize,
    parts: Vec<Part>,
    /// Braces that are open in each `${` of a template.
    templates: Vec<usize>,
    /// Brackets that are open, where a line may end a statement.
    open: usize,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.text[self.at..];
        if let Some(end) = self.comment(rest) {
            self.push(end, Kind::Comment);
            return;
        }
        match rest[0] {
            b'r' | b'b' | b'c' if self.language == Language::Rust => self.rust_prefix(),
            b'\'' if self.language == Language::Rust => self.rust_quote(),
            quote @ (b'"' | b'\'' | b'`') if self.language != Language::Markup => {
                self.string(quote);
            }
            b'/' if self.language == Language::JavaScript => self.slash(),
            bracket @ (b'(' | b'[' | b'{' | b')' | b']' | b'}')
                if self.language == Language::Hash =>
            {
                self.open = match bracket {
                    b'(' | b'[' | b'{' => self.open + 1,
                    _ => self.open.saturating_sub(1),
                };
                self.at += 1;
            }
            b'{' => {
                if let Some(open) = self.templates.last_mut() {
                    *open += 1;
                }
                self.at += 1;
            }
            b'}' => self.closing_brace(),
            _ => self.at += 1,
        }
    }

    /// How long the comment is that begins here.
    fn comment(&self, rest: &[u8]) -> Option<usize> {
        let line = || memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let block = |open: &[u8], close: &[u8]| {
            rest.starts_with(open).then(|| {
                memmem::find(&rest[open.len()..], close)
                    .map_or(rest.len(), |at| open.len() + at + close.len())
            })
        };
        match self.language {
            Language::Rust | Language::JavaScript | Language::C => {
                if rest.starts_with(b"//") {
                    return Some(line());
                }
                block(b"/*", b"*/")
            }
            Language::Hash => {
                let begins_word = self.at == 0 || self.text[self.at - 1].is_ascii_whitespace();
                (rest[0] == b'#' && begins_word).then(line)
            }
            Language::Dash => rest.starts_with(b"--").then(line),
            Language::Markup => block(b"<!--", b"-->"),
            Language::Prose | Language::Data => None,
        }
    }

    fn push(&mut self, length: usize, kind: Kind) {
        let start = self.at;
        self.at = (start + length.max(1)).min(self.text.len());
        self.parts.push(Part {
            start,
            end: self.at,
            kind,
        });
    }

    fn string(&mut self, quote: u8) {
        let rest = &self.text[self.at..];
        let triple = [quote; 3];
        if quote != b'`' && rest.starts_with(&triple) {
            let end = memmem::find(&rest[3..], &triple).map_or(rest.len(), |at| at + 6);
            let content = self.at + 3;
            let kind = if self.language == Language::Hash && self.begins_statement() {
                Kind::Comment
            } else {
                Kind::String { content }
            };
            self.push(end, kind);
            return;
        }
        let content = self.at + 1;
        let end = self.end_of_string(content, quote);
        self.push(end - self.at, Kind::String { content });
    }

    /// The first byte behind a string; `${` ends the first piece of a template.
    fn end_of_string(&mut self, content: usize, quote: u8) -> usize {
        let mut at = content;
        while let Some(byte) = self.text.get(at) {
            match byte {
                b'\\' => at += 1,
                byte if *byte == quote => return at + 1,
                b'\n' if quote != b'`' && self.language != Language::Rust => return at,
                b'$' if quote == b'`'
                    && self.language == Language::JavaScript
                    && self.text.get(at + 1) == Some(&b'{') =>
                {
                    self.templates.push(0);
                    return at + 2;
                }
                _ => {}
            }
            at += 1;
        }
        self.text.len()
    }

    /// The end of a block, or of what stands in a template.
    fn closing_brace(&mut self) {
        match self.templates.last_mut() {
            Some(0) => {
                self.templates.pop();
                let end = self.end_of_string(self.at + 1, b'`');
                // It is no content of its own, but the rest of a string.
                self.push(
                    end - self.at,
                    Kind::String {
                        content: usize::MAX,
                    },
                );
            }
            Some(open) => {
                *open -= 1;
                self.at += 1;
            }
            None => self.at += 1,
        }
    }

    /// `r"…"`, `br#"…"#`, or an identifier.
    fn rust_prefix(&mut self) {
        let rest = &self.text[self.at..];
        let in_word = self.at > 0 && is_word(self.text[self.at - 1]);
        let letters = rest
            .iter()
            .take(2)
            .take_while(|b| b"rbc".contains(b))
            .count();
        let hashes = rest[letters..].iter().take_while(|b| **b == b'#').count();
        let is_raw = rest[..letters].contains(&b'r');
        if in_word || !is_raw || rest.get(letters + hashes) != Some(&b'"') {
            // The quote behind a `b` is met by itself.
            self.at += 1;
            return;
        }
        let open = letters + hashes + 1;
        let close: Vec<u8> = std::iter::once(b'"')
            .chain(std::iter::repeat_n(b'#', hashes))
            .collect();
        let end =
            memmem::find(&rest[open..], &close).map_or(rest.len(), |at| open + at + close.len());
        let content = self.at + open;
        self.push(end, Kind::String { content });
    }

    /// A character, or a lifetime.
    fn rust_quote(&mut self) {
        let rest = &self.text[self.at + 1..];
        let is_escaped = rest.first() == Some(&b'\\');
        // A character is at most four bytes.
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
    }

    /// Whether nothing of a statement stands before a string: it documents what it stands in.
    fn begins_statement(&self) -> bool {
        let before = &self.text[..self.at];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        let prefix = |byte: &u8| b"rRuU".contains(byte);
        let line = before[line_start..].trim_ascii();
        let is_first = line.iter().all(prefix);
        let is_of_head = line.ends_with(b":")
            && [&b"def "[..], b"class ", b"async "]
                .iter()
                .any(|head| line.starts_with(head));
        let goes_on = before[..line_start].trim_ascii_end().ends_with(b"\\");
        self.open == 0 && !goes_on && (is_first || is_of_head)
    }

    /// A regular expression where one can begin, and a division elsewhere.
    fn slash(&mut self) {
        match regex::end(self.text, self.at) {
            Some(end) => self.push(end - self.at, Kind::Regex),
            None => self.at += 1,
        }
    }
}

/// Whether a byte may stand in an identifier.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// The word that ends a text.
pub(crate) fn last_word(text: &[u8]) -> &[u8] {
    let start = text.iter().rposition(|byte| !is_word(*byte));
    &text[start.map_or(0, |at| at + 1)..]
}

#[cfg(test)]
mod tests {
    use super::{Kind, parts};
    use crate::language::Language;

    /// The parts as text: comments in `<>`, strings in `[]`.
    fn seen(text: &str, language: Language) -> String {
        parts(text.as_bytes(), language, text.len())
            .iter()
            .map(|part| {
                let text = &text[part.start..part.end];
                match part.kind {
                    Kind::Comment => format!("<{text}>"),
                    Kind::Regex => text.to_owned(),
                    Kind::String { .. } => format!("[{text}]"),
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn strings_and_comments_are_told_apart() {
        for (language, text, expected) in [
            (
                Language::C,
                r#"a "b // c" /* "d" */ 'e' // f"#,
                r#"["b // c"] </* "d" */> ['e'] <// f>"#,
            ),
            (Language::C, "don't\n\"a\"", "['t] [\"a\"]"),
            (
                Language::JavaScript,
                "`a ${b({c: 'd'}) + `e`} f` 'g'",
                "[`a ${] ['d'] [`e`] [} f`] ['g']",
            ),
            (
                Language::JavaScript,
                r#"x = /["']/g; 'a'"#,
                r#"/["']/ ['a']"#,
            ),
            (Language::JavaScript, "a / b; 'c' / 2", "['c']"),
            (
                Language::Rust,
                r##"f::<'a>('"', r#"b"c"#, '\'', "d")"##,
                r##"[r#"b"c"#] ["d"]"##,
            ),
            (
                Language::Rust,
                "let a = 'é'; &'static str; \"b\"",
                "[\"b\"]",
            ),
            (
                Language::Hash,
                "a # b 'c'\n'''d\n'e''' \"f#g\"",
                "<# b 'c'> <'''d\n'e'''> [\"f#g\"]",
            ),
            (
                Language::Hash,
                "def f(): \"\"\"a'b\"\"\"\n  r\"\"\"c\"\"\"\n",
                "<\"\"\"a'b\"\"\"> <\"\"\"c\"\"\">",
            ),
            (
                Language::Hash,
                "a = \"\"\"b\"\"\"\nf(\n\"\"\"c\"\"\"\n)\nd = \\\n\"\"\"e\"\"\"",
                "[\"\"\"b\"\"\"] [\"\"\"c\"\"\"] [\"\"\"e\"\"\"]",
            ),
            (Language::Dash, "a -- 'b'\n'c'", "<-- 'b'> ['c']"),
            (Language::Markup, "<a b='c'><!-- 'd' -->", "<<!-- 'd' -->>"),
            (Language::C, "\"a\\\"b\" /* open", "[\"a\\\"b\"] </* open>"),
        ] {
            assert_eq!(seen(text, language), expected, "{text}");
        }
    }
}
