//! The text of a registry, and places in it.

/// A place in the text: a range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

/// A mark that some editors put before UTF-8 text. It is not part of the text.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// A registry as text.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What messages call it: usually its path.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

impl Source<'_> {
    /// Line and column of a byte, both from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let before = before[line_start..].trim_start_matches(BYTE_ORDER_MARK);
        (line, before.chars().count() + 1)
    }
}

/// Where the lines of a text begin, for whoever asks for many places in it.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Reads a text.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after).collect(),
        }
    }

    /// Line and column of a byte, both from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..byte).unwrap_or_default();
        let before = before.trim_start_matches(BYTE_ORDER_MARK);
        (line, before.chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, Source};

    #[test]
    fn both_find_the_same_places() {
        for text in ["", "a", "a\n", "é: x\n\nb: ü y\n", "\u{feff}a: b\n"] {
            let source = Source { name: "", text };
            let lines = Lines::of(text);
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let expected = source.line_and_column(byte);
                assert_eq!(lines.line_and_column(byte), expected, "{text:?} {byte}");
            }
        }
    }
}
