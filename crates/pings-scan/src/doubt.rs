//! Places where the scan cannot decide whether a name is fired.

use std::cell::Cell;
use std::ops::Range;

use memchr::memmem;

/// The length in bytes from which a line counts as minified.
const LONGEST_LINE: usize = 5_000;

/// Marks that begin a line comment in any language.
const LINES: &[&[u8]] = &[
    b"//",
    b"#",
    b"--",
    b";",
    b"%",
    b"!",
    b"*",
    b"'",
    b"\"",
    b"\\",
    b"::",
    b"rem",
    b"REM",
    b"Rem",
    b"@c",
    b"dnl",
    b"NB.",
    "⍝".as_bytes(),
    b"|",
];

/// Marks that begin and end block comments in any language.
const BLOCKS: &[(&[u8], &[u8])] = &[
    (b"/*", b"*/"),
    (b"(*", b"*)"),
    (b"{-", b"-}"),
    (b"/-", b"-/"),
    (b"/+", b"+/"),
    (b"/#", b"#/"),
    (b"<!--", b"-->"),
    (b"<#", b"#>"),
    (b"#|", b"|#"),
    (b"#=", b"=#"),
    (b"#[", b"]#"),
    (b"{#", b"#}"),
    (b"{*", b"*}"),
    (b"{!", b"}"),
    (b"--[", b"]"),
    (b"@*", b"*@"),
    (b"<%", b"%>"),
    (b"%{", b"%}"),
    (b"=begin", b"=end"),
    (b"\"\"\"", b"\"\"\""),
    (b"'''", b"'''"),
    (b"###", b"###"),
    (b"comment", b"end"),
    (b"COMMENT", b"END"),
];

/// The marks of comments in a text whose language is unknown, which are found once for all places.
#[derive(Debug)]
pub(crate) struct Marks<'t> {
    text: &'t [u8],
    /// The block comments of each entry of [`BLOCKS`].
    blocks: Vec<Vec<Block>>,
    /// The start of the last line that was read, and the position after the first short mark in it.
    line: Cell<Option<(usize, usize)>>,
}

/// The marks of a block comment.
#[derive(Debug)]
struct Block {
    /// The position after the opening mark.
    open: usize,
    /// The position after the closing mark.
    close: usize,
}

impl<'t> Marks<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        let blocks = BLOCKS.iter().map(|(open, close)| {
            let mut found = memmem::find_iter(text, open).map(|at| at + open.len());
            if open == close {
                // Each second mark closes a comment.
                let mut blocks = Vec::new();
                while let Some(open) = found.next() {
                    let close = found.next().unwrap_or(usize::MAX);
                    blocks.push(Block { open, close });
                }
                return blocks;
            }
            let mut next = 0;
            let block = |open| {
                if next < open + close.len() {
                    let found = memmem::find(&text[open..], close);
                    next = found.map_or(usize::MAX, |at| open + at + close.len());
                }
                Block { open, close: next }
            };
            found.map(block).collect()
        });
        Self {
            text,
            blocks: blocks.collect(),
            line: Cell::new(None),
        }
    }

    /// Returns whether a place can be in a comment of any language.
    ///
    /// `at` is the beginning of the name, and `line` is its line. The quote before the name is not
    /// considered as a comment mark.
    pub(crate) fn may_be_comment(&self, line: &Range<usize>, at: usize) -> bool {
        let end = at.saturating_sub(1).max(line.start);
        let before = self.text[line.start..end].trim_ascii_start();
        LINES.iter().any(|mark| before.starts_with(mark))
            || self.first_mark(line) <= end
            || self.blocks.iter().any(|blocks| {
                let opened = blocks.partition_point(|block| block.open <= at);
                let last = opened.checked_sub(1).map(|place| &blocks[place]);
                last.is_some_and(|block| block.close > at)
            })
    }

    /// Returns the position after the first mark in a line that begins a comment anywhere.
    fn first_mark(&self, line: &Range<usize>) -> usize {
        if let Some((start, first)) = self.line.get()
            && start == line.start
        {
            return first;
        }
        let text = &self.text[line.clone()];
        let is_anywhere = |mark: &&&[u8]| mark.len() < 3 && !b"'\"".contains(&mark[0]);
        let ends = LINES.iter().filter(is_anywhere).filter_map(|mark| {
            let found = memmem::find(text, mark)?;
            Some(line.start + found + mark.len())
        });
        let first = ends.min().unwrap_or(usize::MAX);
        self.line.set(Some((line.start, first)));
        first
    }
}

/// Returns whether a line is longer than hand-written lines.
pub(crate) fn is_minified(line: &Range<usize>) -> bool {
    line.len() >= LONGEST_LINE
}

#[cfg(test)]
mod tests {
    use super::{Marks, is_minified};
    use crate::lines::Lines;

    fn may_be_comment(text: &str) -> bool {
        let at = text.find("Lit").unwrap();
        let line = Lines::new(text.as_bytes()).of(at);
        Marks::new(text.as_bytes()).may_be_comment(&line, at)
    }

    #[test]
    fn what_may_be_a_comment_in_any_language_is_in_doubt() {
        for text in [
            "# 'Lit'",
            "f() -- 'Lit'",
            "; f \"Lit\"",
            "REM 'Lit'",
            "<!-- a\n 'Lit'",
            "(* a *) (* 'Lit'",
            "\"\"\"\n'Lit'",
        ] {
            assert!(may_be_comment(text), "{text}");
        }
        for text in [
            "f('Lit')",
            "(* a *)\nf \"Lit\"",
            "# a\nlog('Lit')",
            "a = \"\"\"b\"\"\" + f('Lit')",
            "f('Lit') # (* a",
        ] {
            assert!(!may_be_comment(text), "{text}");
        }
    }

    #[test]
    fn long_lines_are_minified() {
        let is_minified = |text: &str| {
            let lines = Lines::new(text.as_bytes());
            is_minified(&lines.of(text.find("'Lit'").unwrap()))
        };
        let long = format!("a\n{}'Lit'{}\nb", "x".repeat(4_000), "y".repeat(2_000));
        assert!(is_minified(&long));
        assert!(!is_minified("a\n'Lit'\nb"));
        let short = format!("{}\n'Lit'\n{}", "x".repeat(6_000), "y".repeat(6_000));
        assert!(!is_minified(&short));
    }
}
