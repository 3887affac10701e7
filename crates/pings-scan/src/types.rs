//! Strings that are types in TypeScript. Types list names and fire no events.

use crate::language::rule::Family;
use crate::lexer::{Kind, Token, last_word, token_at};

/// Returns whether the string between two positions, including its quotes, is a type: a member of
/// `'a' | 'b'`, or the whole type in `type A = 'a'`, of a parameter, or in `name: 'a';`.
///
/// In `{ name: 'a' }`, the string may be a value of an object, so it does not count as a type.
pub(crate) fn is_type(
    text: &[u8],
    tokens: &[Token],
    family: Family,
    (start, end): (usize, usize),
) -> bool {
    let before = before(text, tokens, start);
    let after = after(text, tokens, end);
    match family {
        Family::JavaScript => {
            joins_before(before).is_some()
                || joins_after(after).is_some()
                || is_alias(before)
                || is_member(before, after)
        }
        // In scripts inside a page, a filter can follow a bar.
        Family::Markup => {
            let is_quote = |byte: Option<&u8>| byte.is_some_and(|byte| b"\"'".contains(byte));
            joins_before(before).is_some_and(|other| is_quote(other.last()))
                || joins_after(after).is_some_and(|other| is_quote(other.first()))
        }
        _ => false,
    }
}

/// Returns the text before a position, without trailing whitespace and comments.
fn before<'t>(text: &'t [u8], tokens: &[Token], at: usize) -> &'t [u8] {
    let mut before = text[..at].trim_ascii_end();
    while let Some(last) = before.len().checked_sub(1)
        && let Some(token) = token_at(tokens, last)
        && token.kind == Kind::Comment
    {
        before = text[..token.start].trim_ascii_end();
    }
    before
}

/// Returns the text after a position, without leading whitespace and comments.
fn after<'t>(text: &'t [u8], tokens: &[Token], at: usize) -> &'t [u8] {
    let mut after = text[at..].trim_ascii_start();
    while let Some(token) = token_at(tokens, text.len() - after.len())
        && token.kind == Kind::Comment
    {
        after = text[token.end..].trim_ascii_start();
    }
    after
}

/// Returns the text before a single `|`, which is an operator between types but not between
/// strings.
fn joins_before(before: &[u8]) -> Option<&[u8]> {
    let other = before.strip_suffix(b"|")?;
    (!other.ends_with(b"|")).then(|| other.trim_ascii_end())
}

/// Returns the text after a single `|`.
fn joins_after(after: &[u8]) -> Option<&[u8]> {
    let other = after.strip_prefix(b"|")?;
    let is_other = matches!(other.first(), Some(b'|' | b'=' | b'>'));
    (!is_other).then(|| other.trim_ascii_start())
}

/// Returns whether the text ends with `type Name =`.
fn is_alias(before: &[u8]) -> bool {
    let name = before.strip_suffix(b"=").map(without_word);
    name.is_some_and(|rest| last_word(rest) == b"type")
}

/// Returns whether the string is a type in `{ name: … ;`, `(name: …` or `, name: … )`. Objects and
/// conditionals do not have these forms.
fn is_member(before: &[u8], after: &[u8]) -> bool {
    let Some(name) = before.strip_suffix(b":") else {
        return false;
    };
    let name = name.strip_suffix(b"?").unwrap_or(name);
    let rest = without_word(name);
    let is_first = rest.ends_with(b"{") || rest.ends_with(b";") || last_word(rest) == b"readonly";
    let is_property = is_first && after.starts_with(b";");
    let is_parameter = rest.ends_with(b"(") || (rest.ends_with(b",") && after.starts_with(b")"));
    !last_word(name.trim_ascii_end()).is_empty() && (is_property || is_parameter)
}

/// Returns a text without its last word and the whitespace around that word.
fn without_word(text: &[u8]) -> &[u8] {
    let text = text.trim_ascii_end();
    text[..text.len() - last_word(text).len()].trim_ascii_end()
}

#[cfg(test)]
mod tests {
    use super::is_type;
    use crate::language::{FileKind, Languages};
    use crate::lexer::tokens;

    /// Returns whether the string `'x'` is a type in a file of that name.
    fn is_type_in(text: &str, file: &str) -> bool {
        let FileKind::Code(syntax) = Languages::default().kind(file) else {
            panic!("{file} is not code");
        };
        let start = text.find("'x'").unwrap();
        let tokens = tokens(text.as_bytes(), syntax);
        is_type(
            text.as_bytes(),
            &tokens,
            syntax.family(),
            (start, start + 3),
        )
    }

    #[test]
    fn a_type_is_told_from_a_value() {
        for text in [
            "type A = 'x' | 'b'",
            "export type A =\n  | 'a' // why\n  | 'x'\n",
            "type A = 'x' // why\n  | 'b'",
            "function f(name: 'x' | undefined) {}",
            "export type A = 'x'",
            "interface A { b: string; readonly name: 'x'; }",
            "interface A { name?: 'x'; }",
            "function f(name: 'x', b: string) {}",
            "function f(b: string, name: 'x') {}",
        ] {
            assert!(is_type_in(text, "a.ts"), "{text}");
        }
        for text in [
            "f('x' || a)",
            "f(a || 'x')",
            "type = 'x'",
            "const name = 'x'",
            "f({ a, name: 'x' })",
            "f(a, c ? name : 'x')",
            "f((c) ? (name) : 'x')",
            "const a = {\n  name: 'x'\n}",
            "a = b ? c : 'x';",
            "f(c ?\n  'x' : 'b')",
            "a = {}; b = c ? name : 'x';",
        ] {
            assert!(!is_type_in(text, "a.ts"), "{text}");
        }
        assert!(is_type_in("type A = 'x' | 'b'", "a.vue"));
        assert!(!is_type_in("{{ 'x' | translate }}", "a.vue"));
        assert!(!is_type_in("'x' | 'b'", "a.rs"));
    }
}
