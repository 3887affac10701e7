//! Fingerprints of lines, by which code scanning recognizes a result when the lines above it
//! change.
//!
//! The hash is the same that GitHub's `upload-sarif` action computes from a line and the text after
//! it, so that the action finds its own value in the log.

use std::collections::BTreeMap;

/// The number of characters that a hash covers.
const BLOCK: usize = 100;

const MULTIPLIER: u64 = 37;

/// The character that marks the end of the text.
const END: u64 = 0xffff;

/// Returns the fingerprint of each line of a text.
pub(super) fn of_lines(text: &str) -> Vec<String> {
    let mut hasher = Hasher {
        window: [0; BLOCK],
        lines: [None; BLOCK],
        at: 0,
        hash: 0,
        first: (0..BLOCK).fold(1, |first: u64, _| first.wrapping_mul(MULTIPLIER)),
        counts: BTreeMap::new(),
        found: Vec::new(),
    };
    let mut line = 0;
    let mut begins_line = true;
    let mut after_return = false;
    for unit in text.encode_utf16().map(u64::from).chain([END]) {
        let is_rest_of_break = after_return && unit == u64::from(b'\n');
        after_return = unit == u64::from(b'\r');
        if unit == u64::from(b' ') || unit == u64::from(b'\t') || is_rest_of_break {
            continue;
        }
        let unit = if after_return { u64::from(b'\n') } else { unit };
        hasher.flush();
        if begins_line {
            hasher.lines[hasher.at] = Some(line);
            line += 1;
        }
        begins_line = unit == u64::from(b'\n');
        hasher.push(unit);
    }
    for _ in 0..BLOCK {
        hasher.flush();
        hasher.push(0);
    }
    hasher.found
}

/// A rolling hash over a text.
struct Hasher {
    window: [u64; BLOCK],
    /// The line that begins at each position of the window.
    lines: [Option<usize>; BLOCK],
    at: usize,
    hash: u64,
    /// The weight of the character that leaves the window.
    first: u64,
    counts: BTreeMap<u64, usize>,
    found: Vec<String>,
}

impl Hasher {
    /// Stores the hash of the line that began at the start of the window.
    fn flush(&mut self) {
        let Some(line) = self.lines[self.at].take() else {
            return;
        };
        let count = self.counts.entry(self.hash).or_default();
        *count += 1;
        self.found.resize(line, String::new());
        self.found.push(format!("{:x}:{count}", self.hash));
    }

    fn push(&mut self, unit: u64) {
        let leaving = std::mem::replace(&mut self.window[self.at], unit);
        self.hash = self
            .hash
            .wrapping_mul(MULTIPLIER)
            .wrapping_add(unit)
            .wrapping_sub(self.first.wrapping_mul(leaving));
        self.at = (self.at + 1) % BLOCK;
    }
}

#[cfg(test)]
mod tests {
    use super::of_lines;

    #[test]
    fn the_hash_is_that_of_github() {
        // Values from the tests of github/codeql-action.
        assert_eq!(of_lines(""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(of_lines("x"), of_lines(" x\t"), "blanks do not count");
        assert_eq!(of_lines("a\r\nb\r\n"), of_lines("a\nb\n"));
        let twice = of_lines("a\n".repeat(300).as_str());
        assert_eq!(twice.len(), 301);
        assert!(twice[1].ends_with(":2"), "{}", twice[1]);
    }
}
