//! Test modules in Rust: `#[cfg(test)] mod tests { … }`.

use std::ops::Range;

use memchr::memmem;

use crate::lexer::{Token, is_word, token_at};

const ATTRIBUTE: &[u8] = b"#[cfg(test)]";

/// Returns the ranges of the test modules, in order.
pub(crate) fn test_modules(text: &[u8], tokens: &[Token]) -> Vec<Range<usize>> {
    let mut modules: Vec<Range<usize>> = Vec::new();
    let mut read_to = 0;
    for start in memmem::find_iter(text, ATTRIBUTE) {
        if start < read_to || token_at(tokens, start).is_some() {
            continue;
        }
        let (head, is_module) = head(text, tokens, start + ATTRIBUTE.len());
        read_to = head;
        if is_module {
            read_to = closing(text, tokens, head);
            modules.push(start..read_to);
        }
    }
    modules
}

/// Returns the end of the head of the item whose attribute ends at `at`, and whether the item is a
/// module with a body, which begins there.
fn head(text: &[u8], tokens: &[Token], mut at: usize) -> (usize, bool) {
    loop {
        at += blanks(&text[at..]);
        if let Some(token) = token_at(tokens, at) {
            at = token.end;
        } else if text[at..].starts_with(b"#[") {
            at = after_bracket(text, tokens, at);
        } else {
            break;
        }
    }
    let Some(length) = memchr::memchr2(b'{', b';', &text[at..]) else {
        return (text.len(), false);
    };
    let end = at + length;
    let mut words = text[at..end].split(|byte| !is_word(*byte));
    let is_module = text[end] == b'{' && words.any(|word| word == b"mod");
    (end, is_module)
}

fn blanks(text: &[u8]) -> usize {
    text.len() - text.trim_ascii_start().len()
}

/// Returns the position after an attribute. Brackets inside strings do not end the attribute.
fn after_bracket(text: &[u8], tokens: &[Token], at: usize) -> usize {
    let closes = |place: &usize| token_at(tokens, *place).is_none();
    let mut brackets = memchr::memchr_iter(b']', &text[at..]).map(|length| at + length);
    brackets.find(closes).map_or(text.len(), |place| place + 1)
}

/// Returns the position after the brace that matches the brace at `open`, or the end of the text.
fn closing(text: &[u8], tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for at in memchr::memchr2_iter(b'{', b'}', &text[open..]).map(|at| open + at) {
        // The lexer does not report `'{'` as a token.
        let is_character = text[at - 1] == b'\'' && text.get(at + 1) == Some(&b'\'');
        if at > open && (is_character || token_at(tokens, at).is_some()) {
            continue;
        }
        if text[at] == b'{' {
            depth += 1;
        } else {
            depth -= 1;
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::test_modules;
    use crate::language::{FileKind, Languages};
    use crate::lexer::tokens;

    #[test]
    fn a_module_of_tests_ends_with_its_brace() {
        for (text, expected) in [
            ("#[cfg(test)] mod a { b }|c", 1),
            (
                "#[cfg(test)]\nmod a {\n  fn b() { '}'; \"}\" /* } */ }\n}|\nc",
                1,
            ),
            (
                "#[cfg(test)]\n#[allow(x, reason = \"]\")]\n// why\npub(crate) mod a {}|",
                1,
            ),
            ("#[cfg(test)] mod a { b|", 1),
            ("#[cfg(test)] mod a;\nmod b { c }|", 0),
            ("#[cfg(test)] use a::{b};|", 0),
            ("// #[cfg(test)] mod a { b }|", 0),
        ] {
            let end = text.find('|').unwrap();
            let text = text.replace('|', "");
            let FileKind::Code(rust) = Languages::default().kind("a.rs") else {
                panic!("Rust is not code");
            };
            let found = test_modules(text.as_bytes(), &tokens(text.as_bytes(), rust));
            assert_eq!(found.len(), expected, "{text}");
            assert!(found.iter().all(|it| it.end == end), "{text}: {found:?}");
        }
    }
}
