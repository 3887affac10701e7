//! Distinguishes regular expressions of JavaScript from divisions and tags.

use super::{is_word, last_word};

/// The maximum length of a regular expression in bytes.
const LONGEST: usize = 1000;

/// Keywords that an expression can follow.
const WORDS: &[&[u8]] = &[
    b"return", b"typeof", b"case", b"in", b"of", b"do", b"else", b"await", b"yield", b"void",
    b"throw", b"delete",
];

/// Returns the position after the regular expression that begins with the slash at `at`, or `None`
/// if the slash does not begin a regular expression.
///
/// The check is conservative: to miss a regular expression does less harm than to mistake a string
/// for a part of a regular expression.
pub(super) fn end(text: &[u8], at: usize) -> Option<usize> {
    if may_begin(text, at) {
        closed(text, at)
    } else {
        None
    }
}

/// Returns whether a slash at this position can only begin a regular expression.
fn may_begin(text: &[u8], at: usize) -> bool {
    let before = text[..at].trim_ascii_end();
    let is_new_line = text[before.len()..at].contains(&b'\n');
    let Some(last) = before.last() else {
        return true;
    };
    match last {
        // `i++ / 2`
        b'+' | b'-' => before.len() < 2 || before[before.len() - 2] != *last,
        b'>' => before.ends_with(b"=>"),
        // `<a b={c} />`, `{a} / {b}`
        b'}' => is_new_line,
        byte if is_word(*byte) => WORDS.contains(&last_word(before)),
        byte => b"(,=:[!&|?{;*%~^".contains(byte),
    }
}

fn closed(text: &[u8], at: usize) -> Option<usize> {
    let mut in_class = false;
    let mut bytes = text.iter().enumerate().skip(at + 1).take(LONGEST);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => {
                bytes.next();
            }
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => return Some(at + 1),
            b'\n' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::end;

    #[test]
    fn a_regex_is_told_from_a_division() {
        for text in [
            "/a'b/",
            "x = /a\\/'/",
            "f(/[/']/",
            "return /'/",
            "x => /'/",
            "}\n/'/",
            "a + /'/",
        ] {
            let at = text.find('/').unwrap();
            assert_eq!(end(text.as_bytes(), at), Some(text.len()), "{text}");
        }
        for text in [
            "a / 'b' / c",
            "i++ / 'b' / c",
            "f(x) / 'b' / c",
            "b = (/ 'b'\n /",
            "<a b={c} /> 'Lit' </a>",
            "<b>{a} / {'Lit'} </b>",
            "a[0] / 'b' / c",
        ] {
            let at = text.find('/').unwrap();
            assert_eq!(end(text.as_bytes(), at), None, "{text}");
        }
    }
}
