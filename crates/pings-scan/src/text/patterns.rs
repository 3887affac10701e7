//! Patterns of Rust, which compare with variants and construct none.

use std::ops::Range;

use crate::lexer::{Token, is_word, token_at};
use crate::ranges::is_within;

/// Macros whose second argument is a pattern.
const MACROS: &[&[u8]] = &[b"matches", b"assert_matches", b"debug_assert_matches"];

/// Words after which a brace belongs to the value that `match` compares.
const BLOCKS: &[&[u8]] = &[
    b"match", b"unsafe", b"async", b"move", b"loop", b"const", b"else",
];

/// Words that begin an arm which ends with its brace.
const BLOCK_LIKE: &[&[u8]] = &[b"if", b"match", b"loop", b"while", b"for", b"unsafe"];

/// The maximum length in bytes of the fields of a pattern.
const LONGEST: usize = 1_000;

/// The places of the patterns in a file.
#[derive(Debug)]
pub(super) struct Patterns {
    ranges: Vec<Range<usize>>,
}

impl Patterns {
    pub(super) fn new(text: &[u8], tokens: &[Token]) -> Self {
        let mut reader = Reader {
            text,
            tokens,
            at: 0,
            frames: vec![Frame::default()],
            last: Last::Other,
            ranges: Vec::new(),
        };
        reader.read();
        let mut ranges = reader.ranges;
        ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
        // A pattern in another adds nothing.
        let mut end = 0;
        ranges.retain(|range| {
            let is_outer = range.end > end;
            end = end.max(range.end);
            is_outer
        });
        Self { ranges }
    }

    /// Returns whether a position is in a pattern.
    pub(super) fn contains(&self, at: usize) -> bool {
        is_within(&self.ranges, at)
    }
}

/// Returns whether the text after a variant shows that the variant is a pattern, also in macros of
/// other crates: `{ .. } =>`, `|` and `=`.
pub(super) fn stands_in_pattern(behind: &[u8]) -> bool {
    let mut rest = behind.trim_ascii_start();
    if rest.first() == Some(&b'{') {
        let mut open = 0_usize;
        let close = rest.iter().take(LONGEST).position(|byte| {
            match byte {
                b'{' => open += 1,
                b'}' => open -= 1,
                _ => {}
            }
            open == 0
        });
        let Some(close) = close else { return false };
        rest = rest[close + 1..].trim_ascii_start();
    }
    let is_alternative = rest.starts_with(b"|") && !rest.starts_with(b"||");
    rest.starts_with(b"=>") || is_alternative || rest.starts_with(b"= ")
}

/// The part of an arm or of a macro that is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    /// Code that is not a match arm.
    #[default]
    Code,
    /// A pattern from a position on.
    Pattern(usize),
    /// The condition after a pattern of an arm.
    Guard { start: usize, end: usize },
    /// The expression of an arm. `ends_with_brace` is unknown before its first word.
    Arm { ends_with_brace: Option<bool> },
}

/// The content of a pair of brackets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Content {
    #[default]
    Code,
    /// The arms of a `match`.
    Arms,
    /// The arguments of [`MACROS`].
    Macro,
}

/// An open bracket.
#[derive(Debug, Default)]
struct Frame {
    content: Content,
    part: Part,
    /// The number of `match` whose arms have not begun.
    matches: usize,
    /// The start of the pattern after `let`.
    binding: Option<usize>,
}

/// The last word or mark that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Last<'t> {
    Word(&'t [u8]),
    /// The exclamation mark after the name of a macro.
    Macro(&'t [u8]),
    Other,
}

struct Reader<'t> {
    text: &'t [u8],
    tokens: &'t [Token],
    at: usize,
    /// The open brackets, below them the file.
    frames: Vec<Frame>,
    last: Last<'t>,
    ranges: Vec<Range<usize>>,
}

impl<'t> Reader<'t> {
    fn read(&mut self) {
        let mut tokens = self.tokens.iter().peekable();
        while let Some(byte) = self.text.get(self.at).copied() {
            while tokens.next_if(|token| token.end <= self.at).is_some() {}
            if let Some(token) = tokens.peek().filter(|token| token.start <= self.at) {
                self.at = token.end;
                continue;
            }
            match byte {
                _ if byte.is_ascii_whitespace() => {
                    self.at += 1;
                    continue;
                }
                _ if is_word(byte) => self.word(),
                b'\'' => self.quote(),
                b'(' | b'[' | b'{' => self.open(byte),
                b')' | b']' | b'}' => self.close(byte),
                _ => self.mark(byte),
            }
        }
    }

    /// Returns the innermost bracket.
    fn frame(&mut self) -> Option<&mut Frame> {
        self.frames.last_mut()
    }

    fn pattern(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.ranges.push(range);
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        let word = &rest[..rest.iter().take_while(|byte| is_word(**byte)).count()];
        let end = start + word.len();
        self.at = end;
        // `r#match` is a name.
        let is_raw = start.checked_sub(1).is_some_and(|at| self.text[at] == b'#');
        self.last = Last::Word(if is_raw { b"" } else { word });
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match (word, frame.content, frame.part) {
            (b"match", ..) if !is_raw => frame.matches += 1,
            (b"let", ..) => frame.binding = Some(end),
            (b"if", Content::Arms, Part::Pattern(from)) => {
                frame.part = Part::Guard {
                    start: from,
                    end: start,
                };
            }
            (b"if", Content::Macro, Part::Pattern(from)) => {
                frame.part = Part::Code;
                frame.content = Content::Code;
                self.pattern(from..start);
            }
            _ => {}
        }
        self.begin_arm(BLOCK_LIKE.contains(&word));
    }

    /// Notes whether the expression of an arm ends with a brace, if the expression begins here.
    fn begin_arm(&mut self, is_block: bool) {
        if let Some(Frame {
            part: Part::Arm { ends_with_brace },
            ..
        }) = self.frame()
        {
            ends_with_brace.get_or_insert(is_block);
        }
    }

    /// Reads a character or the quote of a lifetime.
    fn quote(&mut self) {
        let rest = &self.text[self.at + 1..];
        let window = &rest[..rest.len().min(12)];
        let first = window.first().copied();
        let close = match first {
            Some(b'\\') => window
                .iter()
                .skip(2)
                .position(|byte| *byte == b'\'')
                .map(|at| at + 2),
            Some(byte) => {
                let length = match byte {
                    0..0xc0 => 1,
                    0xc0..0xe0 => 2,
                    0xe0..0xf0 => 3,
                    0xf0.. => 4,
                };
                (window.get(length) == Some(&b'\'')).then_some(length)
            }
            None => None,
        };
        let name = rest.iter().take_while(|byte| is_word(**byte));
        self.at += 1 + close.map_or_else(|| name.count(), |close| close + 1);
        self.last = Last::Other;
    }

    fn open(&mut self, byte: u8) {
        let last = self.last;
        let at = self.at + 1;
        self.at = at;
        self.last = Last::Other;
        self.begin_arm(byte == b'{');
        let Some(frame) = self.frame() else { return };
        let of_value = matches!(last, Last::Word(word) if BLOCKS.contains(&word));
        let inner = if byte == b'{' && frame.matches > 0 && !of_value {
            frame.matches -= 1;
            Frame {
                content: Content::Arms,
                part: Part::Pattern(at),
                ..Frame::default()
            }
        } else if matches!(last, Last::Macro(name) if MACROS.contains(&name)) {
            Frame {
                content: Content::Macro,
                ..Frame::default()
            }
        } else {
            Frame::default()
        };
        self.frames.push(inner);
    }

    fn close(&mut self, byte: u8) {
        let at = self.at;
        self.at += 1;
        self.last = Last::Other;
        if self.frames.len() < 2 {
            return;
        }
        if let Some(inner) = self.frames.pop() {
            if let Some(from) = inner.binding {
                self.pattern(from..at);
            }
            if let (Content::Macro, Part::Pattern(from)) = (inner.content, inner.part) {
                self.pattern(from..at);
            }
        }
        let ends = byte == b'}' && !self.goes_on();
        let at = self.at;
        if let Some(frame) = self.frame()
            && let Part::Arm {
                ends_with_brace: Some(true),
            } = frame.part
            && ends
        {
            frame.part = Part::Pattern(at);
        }
    }

    /// Returns whether the text after a brace belongs to the expression that ends with it.
    fn goes_on(&self) -> bool {
        let mut at = self.at;
        loop {
            let rest = &self.text[at..];
            at += rest.len() - rest.trim_ascii_start().len();
            match token_at(self.tokens, at) {
                Some(token) => at = token.end,
                None => break,
            }
        }
        let rest = &self.text[at..];
        let is_else = rest.starts_with(b"else") && !rest.get(4).copied().is_some_and(is_word);
        is_else || matches!(rest.first(), Some(b'.' | b'?' | b','))
    }

    fn mark(&mut self, byte: u8) {
        let at = self.at;
        let next = self.text.get(at + 1).copied();
        let before = at.checked_sub(1).map(|at| self.text[at]);
        self.at += 1;
        let last = std::mem::replace(&mut self.last, Last::Other);
        match byte {
            b'!' => {
                if let Last::Word(name) = last {
                    self.last = Last::Macro(name);
                }
            }
            b'=' if next == Some(b'>') => {
                self.at += 1;
                self.arrow(at);
            }
            b'=' if next == Some(b'=') => self.at += 1,
            b'=' if before.is_none_or(|byte| !b"!<>+-*/%^&|.".contains(&byte)) => self.bound(at),
            b':' if next == Some(b':') => self.at += 1,
            b':' => self.bound(at),
            b';' => {
                self.bound(at);
                if let Some(frame) = self.frame() {
                    frame.matches = 0;
                }
                self.no_pattern();
            }
            b',' => self.comma(at),
            b'?' | b'+' | b'*' | b'/' | b'%' | b'^' | b'<' | b'>' => self.no_pattern(),
            b'.' if before != Some(b'.')
                && next != Some(b'.')
                && !before.is_some_and(|byte| byte.is_ascii_digit()) =>
            {
                self.no_pattern();
            }
            _ => {}
        }
        if !b"':#".contains(&byte) && byte != b',' && !(byte == b'=' && next == Some(b'>')) {
            self.begin_arm(false);
        }
    }

    /// Ends the pattern after `let`.
    fn bound(&mut self, at: usize) {
        if let Some(from) = self.frame().and_then(|frame| frame.binding.take()) {
            self.pattern(from..at);
        }
    }

    /// Ends the pattern of an arm.
    fn arrow(&mut self, at: usize) {
        let Some(frame) = self.frame() else { return };
        let range = match frame.part {
            Part::Pattern(start) if frame.content == Content::Arms => start..at,
            Part::Guard { start, end } => start..end,
            _ => return,
        };
        frame.part = Part::Arm {
            ends_with_brace: None,
        };
        frame.matches = 0;
        frame.binding = None;
        self.pattern(range);
    }

    fn comma(&mut self, at: usize) {
        let Some(frame) = self.frame() else { return };
        frame.binding = None;
        match (frame.content, frame.part) {
            (Content::Code, _) => {}
            // A comma in a pattern is in brackets, so a comma here was part of the arm before.
            (Content::Arms, _) => {
                frame.part = Part::Pattern(at + 1);
                frame.matches = 0;
            }
            (Content::Macro, Part::Pattern(from)) => {
                frame.part = Part::Code;
                frame.content = Content::Code;
                self.pattern(from..at);
            }
            (Content::Macro, _) => frame.part = Part::Pattern(at + 1),
        }
    }

    /// Notes that the text since the last comma is not a pattern.
    fn no_pattern(&mut self) {
        if let Some(frame) = self.frame()
            && let Part::Pattern(_) = frame.part
        {
            frame.part = match frame.content {
                Content::Arms => Part::Arm {
                    ends_with_brace: Some(false),
                },
                Content::Code | Content::Macro => Part::Code,
            };
        }
    }
}
