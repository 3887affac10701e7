//! Reads inputs, which may be hostile: sizes, depths and the expansion of aliases are bounded.

use std::collections::{HashMap, HashSet};
use std::fmt;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, StrInput};

use crate::node::{Content, Entry, Node};
use crate::place::Place;

/// The maximum size of an input, in bytes.
const LONGEST: usize = 32 << 20;

/// The maximum nesting depth.
const DEEPEST: usize = 64;

/// The maximum size of an input after the expansion of aliases: each value counts its length, and a
/// constant for the value itself.
const MOST: usize = 128 << 20;

/// The size that a value has besides its text.
const PER_VALUE: usize = 64;

/// An input that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The place.
    pub place: Place,
    /// The error.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl std::error::Error for Unreadable {}

/// Reads the single YAML or JSON document of an input. An input without a document is null.
pub(crate) fn read(file: &str, bytes: &[u8]) -> Result<(Node, Vec<Duplicate>), Unreadable> {
    let failed = |line, column, reason: String| Unreadable {
        place: Place {
            file: file.to_owned(),
            line,
            column,
        },
        reason,
    };
    if bytes.len() > LONGEST {
        let reason = format!("the file is larger than {} MiB", LONGEST >> 20);
        return Err(failed(1, 1, reason));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let start = before.iter().rposition(|byte| *byte == b'\n');
        let line_text = &before[start.map_or(0, |at| at + 1)..];
        let column = String::from_utf8_lossy(line_text).chars().count() + 1;
        failed(line, column, "the file is not valid UTF-8".to_owned())
    })?;
    let text = with_characters(text.strip_prefix('\u{feff}').unwrap_or(text));
    let first = parse(&text);
    // Other parsers accept closing brackets that are not indented.
    let done = first.or_else(|error| parse(&with_brackets_indented(&text)).map_err(|_| error));
    done.map_err(|(mark, reason)| failed(mark.line(), mark.col() + 1, reason))
}

fn parse(text: &str) -> Result<(Node, Vec<Duplicate>), Failed> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        size: 0,
        duplicates: Vec::new(),
    };
    let root = reader.document()?;
    Ok((root, reader.duplicates))
}

/// Indents the lines that start with a closing bracket. Lines are not added or removed.
fn with_brackets_indented(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with([']', '}']) {
            out.push_str(&" ".repeat(DEEPEST));
        }
        out.push_str(line);
    }
    out
}

/// A key that a mapping has twice. The first value is used.
#[derive(Debug)]
pub(crate) struct Duplicate {
    pub(crate) key: String,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Replaces the escapes of JSON for characters outside of the basic plane, two halves each, which
/// YAML does not have. Lines are unchanged.
fn with_characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\\u") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let is_escaped = before.bytes().rev().take_while(|b| *b == b'\\').count() % 2 == 1;
        let half = |from: usize| {
            let digits = escape.get(from..from + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let character = match (half(0), half(6)) {
            (Some(high), Some(low)) if !is_escaped => {
                char::decode_utf16([high, low]).next().and_then(Result::ok)
            }
            _ => None,
        };
        match character {
            Some(character) if !character.is_ascii() && u32::from(character) > 0xffff => {
                out.push(character);
                rest = &escape[12..];
            }
            _ => {
                out.push_str(&escape[..2]);
                rest = &escape[2..];
            }
        }
    }
    out.push_str(rest);
    out
}

type Failed = (Marker, String);

/// A value that aliases can refer to.
struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

struct Reader<'a> {
    parser: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, Anchored>,
    /// The size of everything that was read, with expanded aliases.
    size: usize,
    duplicates: Vec<Duplicate>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Marker), Failed> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span.start)),
            Some(Err(error)) => Err((
                *error.marker(),
                format!("this is not YAML or JSON: {}", error.info()),
            )),
            None => Ok((Event::StreamEnd, Marker::new(0, 1, 0))),
        }
    }

    fn document(&mut self) -> Result<Node, Failed> {
        let mut root = None;
        loop {
            let (event, mark) = self.next()?;
            match event {
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                Event::StreamEnd => return Ok(root.unwrap_or_else(|| null(mark))),
                _ if root.is_some() => {
                    return Err((mark, "a second document starts here".to_owned()));
                }
                event => root = Some(self.node(event, mark, 0)?),
            }
        }
    }

    /// Counts a value, and returns an error if the input expands to too much.
    fn count(&mut self, size: usize, mark: Marker) -> Result<(), Failed> {
        self.size = self.size.saturating_add(size);
        if self.size > MOST {
            return Err((
                mark,
                format!("the file expands to more than {} MiB", MOST >> 20),
            ));
        }
        Ok(())
    }

    fn node(&mut self, event: Event<'a>, mark: Marker, depth: usize) -> Result<Node, Failed> {
        if depth > DEEPEST {
            return Err((mark, format!("nested more than {DEEPEST} levels deep")));
        }
        let before = self.size;
        let (content, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                self.count(PER_VALUE + text.len(), mark)?;
                let plain = style == ScalarStyle::Plain;
                // A registry accepts no control characters.
                let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
                let text = text.replace(is_control, "\u{fffd}");
                (Content::Scalar { text, plain }, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                self.count(PER_VALUE, mark)?;
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, mark) => items.push(self.node(event, mark, depth + 1)?),
                    }
                }
                (Content::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => {
                self.count(PER_VALUE, mark)?;
                (Content::Mapping(self.entries(depth)?), anchor)
            }
            Event::Alias(id) => return self.alias(id, mark, depth),
            _ => return Ok(null(mark)),
        };
        let node = Node {
            line: mark.line(),
            column: mark.col() + 1,
            content,
        };
        if anchor > 0 {
            let size = self.size - before;
            self.count(size, mark)?;
            let anchored = Anchored {
                height: node.height(),
                node: node.clone(),
                size,
            };
            self.anchors.insert(anchor, anchored);
        }
        Ok(node)
    }

    /// Returns a copy of the value that an alias refers to.
    fn alias(&mut self, id: usize, mark: Marker, depth: usize) -> Result<Node, Failed> {
        let Some(Anchored { size, height, .. }) = self.anchors.get(&id) else {
            return Err((
                mark,
                "this alias is part of the value that it refers to".to_owned(),
            ));
        };
        let (size, height) = (*size, *height);
        if depth + height > DEEPEST {
            return Err((mark, format!("nested more than {DEEPEST} levels deep")));
        }
        self.count(size, mark)?;
        let node = self.anchors.get(&id).map(|anchored| anchored.node.clone());
        Ok(Node {
            line: mark.line(),
            column: mark.col() + 1,
            ..node.unwrap_or_else(|| null(mark))
        })
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Failed> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut merged = Vec::new();
        let mut keys = HashSet::new();
        loop {
            let (event, mark) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                break;
            }
            let key = match self.node(event, mark, depth + 1)?.content {
                Content::Scalar { text, .. } => text,
                _ => return Err((mark, "a key that is a list or a mapping".to_owned())),
            };
            let (event, value_mark) = self.next()?;
            let value = self.node(event, value_mark, depth + 1)?;
            if key == "<<" {
                merged.push(value);
                continue;
            }
            let (line, column) = (mark.line(), mark.col() + 1);
            if keys.insert(key.clone()) {
                entries.push(Entry {
                    key,
                    line,
                    column,
                    value,
                });
            } else {
                self.duplicates.push(Duplicate { key, line, column });
            }
        }
        // The mapping's own keys win over those that are merged into it.
        for node in merged {
            let of_list = node.items().iter().flat_map(Node::entries);
            for entry in node.entries().iter().chain(of_list) {
                if keys.insert(entry.key.clone()) {
                    entries.push(entry.clone());
                }
            }
        }
        Ok(entries)
    }
}

fn null(mark: Marker) -> Node {
    Node {
        line: mark.line(),
        column: mark.col() + 1,
        content: Content::Scalar {
            text: String::new(),
            plain: true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn failure(text: &str) -> String {
        read("a.yml", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn aliases_and_merge_keys_are_expanded() {
        let text = "a: &a { x: 1, y: 2 }\nb:\n  <<: *a\n  y: 3\nc: [*a]\n";
        let (root, _) = read("a.yml", text.as_bytes()).unwrap();
        assert_eq!(root.at(&["b", "x"]).unwrap().text(), Some("1"));
        assert_eq!(root.at(&["b", "y"]).unwrap().text(), Some("3"));
        assert_eq!(root.get("c").unwrap().items()[0].text_of("y"), Some("2"));
    }

    #[test]
    fn bombs_end_early() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..40 {
            let alias = format!("*a{},", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
        }
        assert!(failure(&bomb).contains("expands to more than 128 MiB"));
        let mut ladder = "a0: &a0 [x]\n".to_owned();
        for level in 1..100 {
            ladder.push_str(&format!("a{level}: &a{level} [*a{}]\n", level - 1));
        }
        assert!(failure(&ladder).ends_with("nested more than 64 levels deep"));
        assert!(failure(&"[".repeat(10_000)).starts_with("a.yml:1:"));
        assert!(failure("a: &a [*a]\n").contains("is part of the value"));
    }

    #[test]
    fn failures_have_places() {
        let at = |bytes: &[u8]| read("a.yml", bytes).unwrap_err().to_string();
        assert_eq!(
            at(b"a: 1\nb\xc3\xa9: \xff\n"),
            "a.yml:2:5: the file is not valid UTF-8"
        );
        assert!(failure("a: [1\nb: 2\n").starts_with("a.yml:2:"));
        assert_eq!(
            failure("a: 1\n---\nb: 2\n"),
            "a.yml:3:1: a second document starts here"
        );
    }

    #[test]
    fn json_can_have_characters_in_two_halves() {
        let json = r#"{"a": "\ud83d\ude00 \\ud83d\\ude00 \u00e9"}"#;
        let (root, _) = read("a.json", json.as_bytes()).unwrap();
        assert_eq!(root.text_of("a"), Some("😀 \\ud83d\\ude00 é"));
    }

    #[test]
    fn closing_brackets_need_no_indentation() {
        let text = "a:\n  - b:\n    - [\n      c\n    ]\n    - d\n";
        let (root, _) = read("a.yml", text.as_bytes()).unwrap();
        let list = root.get("a").unwrap().items()[0].get("b").unwrap();
        assert_eq!(list.items().len(), 2);
    }

    #[test]
    fn repeated_keys_are_found() {
        let (root, duplicates) = read("a.yml", b"a: 1\nb: 2\na: 3\n").unwrap();
        assert_eq!(root.text_of("a"), Some("1"));
        assert_eq!((duplicates[0].line, duplicates[0].key.as_str()), (3, "a"));
    }
}
