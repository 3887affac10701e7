//! Test modules in Rust: `#[cfg(test)] mod tests { … }`.

use std::ops::Range;

use memchr::memmem;

use crate::lexer::{Token, is_word, token_at};

const ATTRIBUTE: &[u8] = b"#[cfg(test)]";

/// Returns the ranges of the test modules, in order.
pub(crate) fn test_modules(text: &[u8], tokens: &[Token]) -> Vec<Range<usize>> {
    let mut modules: Vec<Range<usize>> = Vec::new();
    for start in memmem::find_iter(text, ATTRIBUTE) {
        let is_inside = modules.last().is_some_and(|module| start < module.end);
        if is_inside || token_at(tokens, start).is_some() {
            continue;
        }
        if let Some(open) = body(text, tokens, start + ATTRIBUTE.len()) {
            modules.push(start..closing(text, tokens, open));
        }
    }
    modules
}

/// Returns the position of the brace that opens the module whose attribute ends at `at`.
fn body(text: &[u8], tokens: &[Token], mut at: usize) -> Option<usize> {
    loop {
        at += blanks(&text[at..]);
        if let Some(token) = token_at(tokens, at) {
            at = token.end;
        } else if text[at..].starts_with(b"#[") {
            at = after_bracket(text, tokens, at)?;
        } else {
            break;
        }
    }
    let end = at + text[at..].iter().position(|byte| b"{;".contains(byte))?;
    let mut words = text[at..end].split(|byte| !is_word(*byte));
    (text[end] == b'{' && words.any(|word| word == b"mod")).then_some(end)
}

fn blanks(text: &[u8]) -> usize {
    text.len() - text.trim_ascii_start().len()
}

/// Returns the position after an attribute. Brackets inside strings do not end the attribute.
fn after_bracket(text: &[u8], tokens: &[Token], at: usize) -> Option<usize> {
    let closes = |place: &usize| text[*place] == b']' && token_at(tokens, *place).is_none();
    (at..text.len()).find(closes).map(|place| place + 1)
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
