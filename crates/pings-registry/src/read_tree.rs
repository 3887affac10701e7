//! Reads YAML as a tree.

use std::borrow::Cow;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StrInput};

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::{BYTE_ORDER_MARK, Span};
use crate::tree::{Content, Entry, Node};

/// The maximum nesting depth. Deeper input is an attack or a mistake.
const MAX_DEPTH: usize = 32;

/// The maximum size of a registry, in bytes.
const LONGEST: usize = 32 << 20;

/// Parses a text that contains one YAML document.
pub(crate) fn parse(text: &str) -> Result<Node<'_>, Diagnostic> {
    if text.len() > LONGEST {
        let start = Span { start: 0, end: 0 };
        let message = format!("the registry is larger than {} MiB", LONGEST >> 20);
        return Err(Diagnostic::new(Rule::YamlSyntax, start, message).help(
            "check that this is the right file; even a registry with 10,000 pings is smaller",
        ));
    }
    let body = without_mark(text);
    let mut reader = Reader {
        parser: Parser::new_from_str(body),
        bytes: Bytes::of(body),
        text,
        skipped: text.len() - body.len(),
        items: Vec::new(),
        entries: Vec::new(),
    };
    reader.document()
}

/// Returns the text without its byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    bytes: Bytes,
    text: &'a str,
    /// The number of bytes before the text that the parser reads.
    skipped: usize,
    /// The items of the lists that are being read, collected here so that each list is allocated
    /// once.
    items: Vec<Node<'a>>,
    /// The entries of the mappings that are being read, collected here for the same reason.
    entries: Vec<Entry<'a>>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Diagnostic> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, self.span(span))),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Ok((
                Event::StreamEnd,
                Span {
                    start: self.text.len(),
                    end: self.text.len(),
                },
            )),
        }
    }

    fn document(&mut self) -> Result<Node<'a>, Diagnostic> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
                (Event::StreamEnd, span) => {
                    return Err(
                        Diagnostic::new(Rule::YamlSyntax, span, "the registry is empty")
                            .help("start with `format: 1`, `name` and `title`"),
                    );
                }
                (event, span) => {
                    let node = self.node(event, span, 0)?;
                    self.end_of_document()?;
                    return Ok(node);
                }
            }
        }
    }

    fn end_of_document(&mut self) -> Result<(), Diagnostic> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd | Event::Nothing, _) => {}
                (_, span) => {
                    return Err(Diagnostic::new(
                        Rule::YamlSyntax,
                        span,
                        "a second YAML document starts here",
                    )
                    .help("remove the `---` before it: a registry is a single document"));
                }
            }
        }
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node<'a>, Diagnostic> {
        if depth > MAX_DEPTH {
            return Err(Diagnostic::new(
                Rule::TooDeep,
                Span {
                    start: span.start,
                    end: (span.start + 1).min(self.text.len()),
                },
                format!("nested more than {MAX_DEPTH} levels deep"),
            )
            .help("look for an unclosed bracket; no part of a registry is nested this deeply"));
        }
        let (content, anchor, tagged, end) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let end = match style {
                    ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted => {
                        self.end_of_quoted(span, style)
                    }
                    _ => span.end,
                };
                (Content::Scalar { text, style }, anchor, tag.is_some(), end)
            }
            Event::SequenceStart(anchor, tag) => {
                let first = self.items.len();
                let end = loop {
                    match self.next()? {
                        (Event::SequenceEnd, end) => break self.end_of_flow(span, end),
                        (event, span) => {
                            let item = self.node(event, span, depth + 1)?;
                            self.items.push(item);
                        }
                    }
                };
                let items = self.items.drain(first..).collect();
                (Content::List(items), anchor, tag.is_some(), end)
            }
            Event::MappingStart(anchor, tag) => {
                let first = self.entries.len();
                let end = loop {
                    match self.next()? {
                        (Event::MappingEnd, end) => break self.end_of_flow(span, end),
                        (event, span) => {
                            let entry = self.entry(event, span, depth)?;
                            self.entries.push(entry);
                        }
                    }
                };
                let entries = self.entries.drain(first..).collect();
                (Content::Mapping(entries), anchor, tag.is_some(), end)
            }
            Event::Alias(_) => return Err(self.unwanted(span, "an alias")),
            _ => (
                Content::Scalar {
                    text: Cow::Borrowed(""),
                    style: ScalarStyle::Plain,
                },
                0,
                false,
                span.end,
            ),
        };
        if anchor > 0 {
            return Err(self.unwanted(span, "an anchor"));
        }
        if tagged {
            return Err(self.unwanted(span, "a tag"));
        }
        let span = self.trimmed(Span {
            start: span.start,
            end: end.max(span.start),
        });
        Ok(Node {
            span,
            content,
            sound: true,
        })
    }

    fn entry(
        &mut self,
        event: Event<'a>,
        span: Span,
        depth: usize,
    ) -> Result<Entry<'a>, Diagnostic> {
        let key = self.node(event, span, depth + 1)?;
        let Content::Scalar { text, .. } = key.content else {
            return Err(Diagnostic::new(
                Rule::YamlSyntax,
                key.head(),
                "a key that is a list or mapping",
            )
            .help("use plain names as keys"));
        };
        let (event, span) = self.next()?;
        let mut value = self.node(event, span, depth + 1)?;
        if value.is_null() && value.span.start == value.span.end {
            // A missing value has no location, so the location of its key is used.
            value.span = key.span;
        }
        Ok(Entry {
            key: text,
            key_span: key.span,
            value,
        })
    }

    fn span(&self, span: saphyr_parser::Span) -> Span {
        Span {
            start: self.place(&span.start),
            end: self.place(&span.end),
        }
    }

    /// Returns the byte offset of a location.
    fn place(&self, marker: &Marker) -> usize {
        self.skipped + self.bytes.at(marker.index())
    }

    /// Returns the first byte after a quoted value. The parser's span extends to the end of the
    /// line.
    fn end_of_quoted(&self, span: Span, style: ScalarStyle) -> usize {
        let quoted = self.text.get(span.start..span.end).unwrap_or_default();
        let mut characters = quoted.char_indices().skip(1).peekable();
        while let Some((at, character)) = characters.next() {
            match (style, character) {
                (ScalarStyle::DoubleQuoted, '\\') => {
                    characters.next();
                }
                (ScalarStyle::SingleQuoted, '\'')
                    if characters.peek().is_some_and(|it| it.1 == '\'') =>
                {
                    characters.next();
                }
                (ScalarStyle::DoubleQuoted, '"') | (ScalarStyle::SingleQuoted, '\'') => {
                    return span.start + at + 1;
                }
                _ => {}
            }
        }
        span.end
    }

    /// Returns the first byte after a list or mapping. The parser's span of a closing bracket
    /// includes the comment after it.
    fn end_of_flow(&self, start: Span, end: Span) -> usize {
        let character = |at: usize| self.text.as_bytes().get(at);
        match (character(start.start), character(end.start)) {
            (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}')) => end.start + 1,
            _ => end.end,
        }
    }

    /// Removes trailing whitespace and line breaks, which the parser's spans may include.
    fn trimmed(&self, span: Span) -> Span {
        let text = self.text.get(span.start..span.end).unwrap_or_default();
        Span {
            start: span.start,
            end: span.start + text.trim_end().len(),
        }
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let start = self.place(error.marker());
        let rest = self.text.get(start..).unwrap_or_default();
        let width = rest
            .chars()
            .next()
            .filter(|c| *c != '\n')
            .map_or(0, char::len_utf8);
        let info = error.info();
        let diagnostic = Diagnostic::new(
            Rule::YamlSyntax,
            Span {
                start,
                end: start + width,
            },
            format!("this is not YAML: {info}"),
        );
        if is_at_tab(self.text, start) {
            return diagnostic.help("replace the tab with spaces");
        }
        if info.contains("mapping values are not allowed") {
            return diagnostic
                .help("put texts that contain `: ` or ` #` in quotes, or in a `|` or `>` block");
        }
        if info.contains("alias") || info.contains("anchor") {
            return diagnostic
                .help("write the value out: a registry cannot contain anchors and aliases");
        }
        diagnostic.help("check the indentation, and look for unclosed quotes and brackets")
    }

    fn unwanted(&self, span: Span, what: &str) -> Diagnostic {
        let rest = self.text.get(span.start..).unwrap_or_default();
        let length = rest.find([' ', '\n']).unwrap_or(rest.len());
        let span = Span {
            start: span.start,
            end: span.start + length,
        };
        Diagnostic::new(
            Rule::YamlAlias,
            span,
            format!("{what}, which a registry cannot contain"),
        )
        .help("write the value out, so that each ping can be read on its own")
    }
}

/// Returns whether there is a tab at or just before the offset. YAML allows tabs in fewer places
/// than people expect, and YAML parsers allow them in even fewer.
fn is_at_tab(text: &str, at: usize) -> bool {
    let (before, rest) = text.split_at_checked(at).unwrap_or((text, ""));
    rest.starts_with('\t') || before.trim_end_matches(' ').ends_with('\t')
}

/// A map from the parser's character indices to byte offsets.
enum Bytes {
    /// All characters are ASCII, so indices and offsets are equal.
    Ascii(usize),
    /// The byte offset of each character, and of the end.
    Other(Vec<usize>),
}

impl Bytes {
    fn of(text: &str) -> Self {
        if text.is_ascii() {
            return Self::Ascii(text.len());
        }
        Self::Other(
            text.char_indices()
                .map(|(byte, _)| byte)
                .chain([text.len()])
                .collect(),
        )
    }

    fn at(&self, character: usize) -> usize {
        match self {
            Self::Ascii(length) => character.min(*length),
            Self::Other(starts) => starts
                .get(character)
                .or(starts.last())
                .copied()
                .unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Node, parse};

    /// Returns the text of the value of each key in a mapping.
    fn values<'t>(text: &'t str, root: &Node<'_>) -> Vec<&'t str> {
        let of_entry = |span: crate::Span| &text[span.start..span.end];
        let entries = root.entries().iter();
        entries.map(|entry| of_entry(entry.value.span)).collect()
    }

    #[test]
    fn a_value_ends_before_the_comment_after_it() {
        for (value, rest) in [
            ("\"x\"", " # c"),
            ("'x'", "   # 'c'"),
            ("\"x \\\" # y\"", " # c"),
            ("'x '' # y'", " # c"),
            ("\"é\\u00e9\"", " # c"),
            ("\"x\n  y\"", "\t# c"),
            ("x", " # c"),
            ("[x, 'y']", " # c"),
            ("{ x: [y] }", "  # }"),
            ("[\n  x, # [\n  {y: z} # }\n]", "\t# c"),
            ("[x: y]", " # c"),
        ] {
            let text = format!("a: {value}{rest}\nb: 1\n");
            let root = parse(&text).unwrap();
            assert_eq!(values(&text, &root), [value, "1"], "{text}");
        }
        let text = "\"a\" : 1 # c\n";
        let root = parse(text).unwrap();
        let key = root.entries()[0].key_span;
        assert_eq!(&text[key.start..key.end], "\"a\"");
    }

    #[test]
    fn a_byte_order_mark_moves_no_place() {
        let text = "\u{feff}é: x\nb: \"y\"\n";
        let root = parse(text).unwrap();
        assert_eq!(values(text, &root), ["x", "\"y\""]);
        let text = "\u{feff}a: [\n";
        assert!(parse(text).unwrap_err().span.start >= 3);
    }
}
