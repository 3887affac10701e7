//! Places where the scan cannot decide whether a name is fired.

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

/// Returns whether a place can be in a comment of any language.
///
/// `at` is the beginning of the name. The quote before the name is not considered as a comment
/// mark.
pub(crate) fn may_be_comment(text: &[u8], at: usize) -> bool {
    let before = &text[..at];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = &before[line_start..before.len().saturating_sub(1).max(line_start)];
    let begins = |mark: &&[u8]| {
        let first = line.trim_ascii_start().starts_with(mark);
        let quotes = b"'\"".contains(&mark[0]);
        first || (!quotes && mark.len() < 3 && memmem::find(line, mark).is_some())
    };
    LINES.iter().any(begins)
        || BLOCKS.iter().any(|(open, close)| {
            let Some(found) = memmem::rfind(before, open) else {
                return false;
            };
            let behind = &before[found + open.len()..];
            open == close && memmem::find_iter(before, open).count() % 2 == 1
                || open != close && memmem::find(behind, close).is_none()
        })
}

/// Returns whether the line of a place is longer than hand-written lines.
pub(crate) fn is_minified(text: &[u8], at: usize) -> bool {
    let is_far = |distance: Option<usize>, all: usize| distance.unwrap_or(all);
    let before = &text[at.saturating_sub(LONGEST_LINE)..at];
    let after = &text[at..text.len().min(at + LONGEST_LINE)];
    let left = memchr::memrchr(b'\n', before).map(|found| before.len() - found);
    let right = memchr::memchr(b'\n', after);
    is_far(left, before.len()) + is_far(right, after.len()) >= LONGEST_LINE
}

#[cfg(test)]
mod tests {
    use super::{is_minified, may_be_comment};

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
            assert!(
                may_be_comment(text.as_bytes(), text.find("Lit").unwrap()),
                "{text}"
            );
        }
        for text in ["f('Lit')", "(* a *)\nf \"Lit\"", "# a\nlog('Lit')"] {
            assert!(
                !may_be_comment(text.as_bytes(), text.find("Lit").unwrap()),
                "{text}"
            );
        }
    }

    #[test]
    fn long_lines_are_minified() {
        let long = format!("a\n{}'Lit'{}\nb", "x".repeat(4_000), "y".repeat(2_000));
        assert!(is_minified(long.as_bytes(), 4_003));
        assert!(!is_minified(b"a\n'Lit'\nb", 3));
        let short = format!("{}\n'Lit'\n{}", "x".repeat(6_000), "y".repeat(6_000));
        assert!(!is_minified(short.as_bytes(), 6_002));
    }
}
