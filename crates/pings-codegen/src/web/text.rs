//! Registry text in JavaScript and in its comments.

use std::fmt::Write as _;

use crate::Origin;
use crate::header;
use crate::text::one_line;

/// Returns the first line of a file.
pub(super) fn header(origin: &Origin<'_>) -> String {
    header::rust(origin)
}

/// Returns a string literal in single quotes.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('\'');
    for c in text.chars() {
        match c {
            '\'' | '\\' => literal.extend(['\\', c]),
            // Includes line separators, and characters that reorder or hide text.
            _ if c.is_control() || !one_line(&c.to_string()).contains(c) && c != ' ' => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(literal, "\\u{unit:04x}");
                }
            }
            _ => literal.push(c),
        }
    }
    literal.push('\'');
    literal
}

/// Returns the key of an object: the name itself if it is an identifier, or a string literal.
pub(super) fn key(name: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let starts_with_digit = name.starts_with(|c: char| c.is_ascii_digit());
    if name == "__proto__" {
        // Only a computed key is a member and not the prototype.
        return "['__proto__']".to_owned();
    }
    if name.is_empty() || starts_with_digit || !name.chars().all(is_word) {
        return string(name);
    }
    name.to_owned()
}

/// Returns a JSDoc comment of one line for each paragraph.
pub(super) fn comment(indentation: &str, paragraphs: &[String]) -> String {
    let lines: Vec<String> = paragraphs.iter().map(|text| in_comment(text)).collect();
    match lines.as_slice() {
        [] => String::new(),
        [line] => format!("{indentation}/** {line} */\n"),
        lines => {
            let lines = lines
                .iter()
                .map(|line| format!("{indentation} * {line}\n"))
                .collect::<String>();
            format!("{indentation}/**\n{lines}{indentation} */\n")
        }
    }
}

/// Returns text that neither ends the comment nor begins a tag.
fn in_comment(text: &str) -> String {
    let text = one_line(text).replace("*/", "*\\/").replace("{@", "{\\@");
    match text.strip_prefix('@') {
        // Only the generator writes tags.
        Some(rest) if !rest.starts_with("deprecated ") => format!("\\@{rest}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::{comment, key, string};

    #[test]
    fn strings_are_one_line_without_hidden_characters() {
        assert_eq!(string("it's \\ a\nb"), r"'it\'s \\ a\u000ab'");
        assert_eq!(string("\u{2028}\u{202e}\u{200b}"), r"'\u2028\u202e\u200b'");
        assert_eq!(string("день 🎉"), "'день 🎉'");
    }

    #[test]
    fn keys_are_quoted_where_they_must_be() {
        for (name, written) in [
            ("insightType", "insightType"),
            ("class", "class"),
            ("a-b", "'a-b'"),
            ("2fa", "'2fa'"),
            ("", "''"),
            ("__proto__", "['__proto__']"),
        ] {
            assert_eq!(key(name), written);
        }
    }

    #[test]
    fn a_comment_ends_where_the_generator_ends_it() {
        let text = "a */ alert() /* {@link x}\n@internal".to_owned();
        assert_eq!(
            comment("", &[text]),
            "/** a *\\/ alert() /* {\\@link x} @internal */\n"
        );
        assert_eq!(
            comment("  ", &["@internal".to_owned()]),
            "  /** \\@internal */\n"
        );
    }
}
