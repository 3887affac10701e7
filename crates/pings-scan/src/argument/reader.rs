//! Reads the arguments of a call.

use crate::language::Syntax;
use crate::language::rule::Family;
use crate::lexer::comment_end;

/// The maximum length of a name in bytes. A longer text is not a name.
const LONGEST: usize = 200;

/// The maximum length of the arguments in bytes. The scan ignores longer arguments.
const FARTHEST: usize = 4000;

/// Reads arguments from a position on.
pub(super) struct Reader<'t> {
    /// The text up to the position at which the reader stops.
    text: &'t [u8],
    /// The position of the bracket before the arguments.
    begin: usize,
    pub(super) at: usize,
    pub(super) family: Family,
    syntax: Syntax,
    is_dynamic: bool,
    /// The known pieces of the string, with an unknown part between each two.
    said: Vec<String>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(text: &'t [u8], at: usize, syntax: Syntax) -> Self {
        Self {
            text: &text[..text.len().min(at.saturating_add(FARTHEST))],
            begin: at.saturating_sub(1),
            at,
            family: syntax.family(),
            syntax,
            is_dynamic: false,
            said: Vec::new(),
        }
    }

    /// Returns the text from the current position on.
    pub(super) fn rest(&self) -> &'t [u8] {
        &self.text[self.at.min(self.text.len())..]
    }

    /// Returns whether whitespace precedes a position.
    pub(super) fn is_blank_before(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|at| self.text.get(at));
        before.is_some_and(u8::is_ascii_whitespace)
    }

    /// Reads a string, and returns `None` without reading anything if there is no string here.
    /// Pieces that are adjacent, or joined by `+` or by a dot as in PHP, are one string.
    pub(super) fn string(&mut self) -> Option<Argument> {
        let from = self.at;
        let read = self.joined();
        if read.is_none() {
            self.at = from;
        }
        read
    }

    fn joined(&mut self) -> Option<Argument> {
        self.is_dynamic = false;
        self.said = vec![String::new()];
        let start = self.piece()?;
        loop {
            self.skip_blanks();
            match self.peek() {
                Some(b'+' | b'.') => {
                    self.at += 1;
                    self.skip_blanks();
                    let from = self.at;
                    if self.piece().is_none() {
                        self.at = from;
                        self.is_dynamic = true;
                        self.said.push(String::new());
                        self.skip_to(b",:")?;
                        break;
                    }
                }
                Some(quote) if is_quote(quote) => {
                    self.piece()?;
                }
                _ => break,
            }
        }
        let mut said = std::mem::take(&mut self.said).into_iter();
        let prefix = said.next().unwrap_or_default();
        let suffix = said.next_back().unwrap_or_default();
        if prefix.len() > LONGEST {
            return None;
        }
        Some(if self.is_dynamic {
            Argument::Dynamic {
                start,
                prefix,
                suffix,
            }
        } else {
            Argument::Constant {
                start,
                text: prefix,
            }
        })
    }

    /// Advances to the first of these bytes or to the bracket that closes the argument, and returns
    /// the byte found there. Skips strings, comments and nested brackets.
    pub(super) fn skip_to(&mut self, stops: &[u8]) -> Option<u8> {
        let mut open = 0_usize;
        loop {
            self.skip_blanks();
            let byte = self.peek()?;
            match byte {
                b'(' | b'[' | b'{' => open += 1,
                b')' | b']' | b'}' if open == 0 => return Some(byte),
                b')' | b']' | b'}' => open -= 1,
                b':' if self.rest().starts_with(b"::") => self.at += 1,
                _ if open == 0 && stops.contains(&byte) => return Some(byte),
                _ if is_quote(byte) => {
                    self.piece()?;
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips whitespace, line breaks and comments.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let blanks = rest.len() - rest.trim_ascii_start().len();
            let rest = &rest[blanks..];
            self.at += blanks;
            if rest.is_empty() {
                return;
            }
            match comment_end(self.text, self.begin..self.at, self.syntax.code_rules()) {
                Some(end) => self.at = end,
                None => return,
            }
        }
    }

    /// Reads a string with the prefix before its quote, and returns the start of its content.
    fn piece(&mut self) -> Option<usize> {
        let mut interpolates = false;
        let mut is_raw = false;
        // `r"…"`, `f"…"`, `$"…"`, `@"…"`, `&"…"`, `r#"…"#`
        for _ in 0..3 {
            match self.peek()? {
                b'f' | b'F' | b'$' => interpolates = true,
                b'r' | b'R' | b'@' => is_raw = true,
                b'b' | b'B' | b'u' | b'U' | b'&' | b'#' => {}
                _ => break,
            }
            self.at += 1;
        }
        let quote = self.peek().filter(|byte| is_quote(*byte))?;
        is_raw |= quote == b'`' && self.family == Family::C;
        self.at += 1;
        let start = self.at;
        let mut bytes = Vec::new();
        loop {
            let byte = self.peek()?;
            let next = self.text.get(self.at + 1).copied();
            match byte {
                _ if byte == quote => break,
                b'\\' if !is_raw => {
                    self.at += 2;
                    match next? {
                        // An escaped line break continues the line.
                        b'\n' => {}
                        b'\r' => self.at += 1,
                        other => bytes.push(other),
                    }
                    continue;
                }
                b'\n' if quote != b'`' => return None,
                b'$' | b'#' if next == Some(b'{') && !is_raw => {
                    self.at += 1;
                    self.unknown(&mut bytes)?;
                    continue;
                }
                b'{' if interpolates => {
                    self.unknown(&mut bytes)?;
                    continue;
                }
                _ => bytes.push(byte),
            }
            self.at += 1;
            if bytes.len() > LONGEST {
                return None;
            }
        }
        self.at += 1;
        self.keep(&bytes);
        Some(start)
    }

    fn keep(&mut self, bytes: &[u8]) {
        if let Some(last) = self.said.last_mut() {
            last.push_str(&String::from_utf8_lossy(bytes));
        }
    }

    /// Skips an interpolation, `{…}`.
    fn unknown(&mut self, before: &mut Vec<u8>) -> Option<()> {
        self.keep(before);
        before.clear();
        self.said.push(String::new());
        self.is_dynamic = true;
        let mut open = 0;
        loop {
            match self.peek()? {
                b'{' => open += 1,
                b'}' => open -= 1,
                b'\n' => return None,
                _ => {}
            }
            self.at += 1;
            if open == 0 {
                return Some(());
            }
        }
    }
}

fn is_quote(byte: u8) -> bool {
    b"\"'`".contains(&byte)
}

/// A string argument that can be the name of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// A string whose text is known.
    Constant {
        /// The position of its first character.
        start: usize,
        /// The text.
        text: String,
    },
    /// A string that is built at run time and of which only the beginning and the end are known.
    Dynamic {
        start: usize,
        prefix: String,
        suffix: String,
    },
}
