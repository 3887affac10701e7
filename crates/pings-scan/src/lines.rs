//! The lines of a text.

use std::ops::Range;

/// The lines of a text, which are found once for all positions in it.
#[derive(Debug)]
pub(crate) struct Lines {
    /// The position after each line break.
    starts: Vec<usize>,
    length: usize,
}

impl Lines {
    pub(crate) fn new(text: &[u8]) -> Self {
        let starts = memchr::memchr_iter(b'\n', text).map(|at| at + 1);
        Self {
            starts: starts.collect(),
            length: text.len(),
        }
    }

    /// Returns the line that contains a position, without its line break.
    pub(crate) fn of(&self, at: usize) -> Range<usize> {
        let after = self.starts.partition_point(|start| *start <= at);
        let start = after.checked_sub(1).map_or(0, |place| self.starts[place]);
        let end = self.starts.get(after).map_or(self.length, |next| next - 1);
        start..end
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn a_line_break_ends_its_line() {
        let lines = Lines::new(b"a\n\nbc\n");
        let found: Vec<_> = (0..=6).map(|at| lines.of(at)).collect();
        assert_eq!(found, [0..1, 0..1, 2..2, 3..5, 3..5, 3..5, 6..6]);
        assert_eq!(Lines::new(b"").of(0), 0..0);
    }
}
