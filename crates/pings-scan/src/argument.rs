//! The first argument of a call, where it is a string.

use crate::language::Language;

/// What the first argument is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Argument {
    /// A string that is known.
    Constant {
        /// Where its first character stands.
        start: usize,
        /// What it says.
        text: String,
    },
    /// A string of which only the ends are known.
    Built {
        start: usize,
        prefix: String,
        suffix: String,
    },
    /// Anything else.
    Other,
}

/// Names are not longer: a text that is, is none.
const LONGEST: usize = 200;

/// Reads the argument that begins at `at`, behind the bracket.
///
/// Pieces that are joined, by `+`, by a point as in PHP, or by standing side by
/// side, are one string.
pub(crate) fn first(text: &[u8], at: usize, language: Language) -> Argument {
    let mut reader = Reader {
        text,
        at,
        language,
        is_built: false,
        said: vec![String::new()],
    };
    reader.skip_blanks();
    let Some(start) = reader.piece() else {
        return Argument::Other;
    };
    loop {
        reader.skip_blanks();
        match reader.peek() {
            Some(b',' | b')') => break,
            Some(b'+' | b'.') => {
                reader.at += 1;
                reader.skip_blanks();
                if reader.piece().is_none() {
                    reader.is_built = true;
                    reader.said.push(String::new());
                    break;
                }
            }
            Some(b'"' | b'\'' | b'`') => {
                if reader.piece().is_none() {
                    return Argument::Other;
                }
            }
            _ => return Argument::Other,
        }
    }
    let mut said = reader.said.into_iter();
    let prefix = said.next().unwrap_or_default();
    let suffix = said.next_back();
    if prefix.len() > LONGEST {
        return Argument::Other;
    }
    match (reader.is_built, suffix) {
        (true, suffix) => Argument::Built {
            start,
            prefix,
            suffix: suffix.unwrap_or_default(),
        },
        (false, _) => Argument::Constant {
            start,
            text: prefix,
        },
    }
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    language: Language,
    is_built: bool,
    /// What is known, piece by piece between what is not.
    said: Vec<String>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Passes over blanks, line breaks and comments.
    fn skip_blanks(&mut self) {
        loop {
            let rest = &self.text[self.at.min(self.text.len())..];
            let blanks = rest.len() - rest.trim_ascii_start().len();
            let rest = &rest[blanks..];
            self.at += blanks;
            let is_line = match self.language {
                Language::Hash => rest.starts_with(b"#"),
                _ => rest.starts_with(b"//"),
            };
            if is_line {
                self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            } else if rest.starts_with(b"/*") {
                let end = memchr::memmem::find(rest, b"*/").map_or(rest.len(), |at| at + 2);
                self.at += end;
            } else {
                return;
            }
        }
    }

    /// One string, with what stands before its quote; where its content begins.
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
        let quote = self.peek().filter(|byte| b"\"'`".contains(byte))?;
        is_raw |= quote == b'`' && self.language == Language::C;
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
                        // A line that goes on.
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

    /// Passes over `{…}`.
    fn unknown(&mut self, before: &mut Vec<u8>) -> Option<()> {
        self.keep(before);
        before.clear();
        self.said.push(String::new());
        self.is_built = true;
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

#[cfg(test)]
mod tests {
    use super::{Argument, first};
    use crate::language::Language::{C, Hash, JavaScript, Rust};

    fn constant(text: &str, start: usize) -> Argument {
        Argument::Constant {
            start,
            text: text.to_owned(),
        }
    }

    fn built(prefix: &str, suffix: &str, start: usize) -> Argument {
        Argument::Built {
            start,
            prefix: prefix.to_owned(),
            suffix: suffix.to_owned(),
        }
    }

    #[test]
    fn a_string_is_read_as_the_language_does() {
        for (language, text, expected) in [
            (C, "\"Name\")", constant("Name", 1)),
            (
                JavaScript,
                "\n    /* why */ 'Name', { a: 1 })",
                constant("Name", 16),
            ),
            (JavaScript, "'Na' +\n  'me')", constant("Name", 1)),
            (Hash, "'Na' # first\n 'me')", constant("Name", 1)),
            (C, "\"Na\\\nme\")", constant("Name", 1)),
            (Rust, "r#\"Na\"#", Argument::Other),
            (Rust, "&\"Name\")", constant("Name", 2)),
            (C, "`C:\\Name`)", constant("C:\\Name", 1)),
            (JavaScript, "`Na${kind}me`)", built("Na", "me", 1)),
            (JavaScript, "'Na' + kind)", built("Na", "", 1)),
            (Hash, "f'Na{kind}')", built("Na", "", 2)),
            (Hash, "'Na{kind}')", constant("Na{kind}", 1)),
            (JavaScript, "name)", Argument::Other),
            (JavaScript, "'a' ? 'b' : 'c')", Argument::Other),
            (JavaScript, "'open", Argument::Other),
            (JavaScript, ")", Argument::Other),
        ] {
            assert_eq!(first(text.as_bytes(), 0, language), expected, "{text}");
        }
    }
}
