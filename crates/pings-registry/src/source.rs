//! The text of a registry, and locations in the text.

/// A range of bytes in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after the range.
    pub end: usize,
}

/// The byte order mark, which some editors write before UTF-8 text. The mark is not part of the
/// text.
pub(crate) const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of a registry with its name.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The name in messages, usually the path.
    pub name: &'a str,
    /// The text.
    pub text: &'a str,
}

impl Source<'_> {
    /// Returns the line and column of a byte, both starting at 1. Columns count characters.
    #[must_use]
    pub fn line_and_column(&self, byte: usize) -> (usize, usize) {
        let before = self.text.get(..byte).unwrap_or(self.text);
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let before = before[line_start..].trim_start_matches(BYTE_ORDER_MARK);
        (line, before.chars().count() + 1)
    }
}

/// The line starts of a text, for many location lookups.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    /// Finds the line starts of a text.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        let after = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(after).collect(),
        }
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Returns the line and column of a byte, both starting at 1. Columns count characters.
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
