//! Texts of a registry in Markdown.

/// Returns a message for a list item. Text between backticks becomes code.
pub(crate) fn message(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A name contains a backtick, so the beginning of code is ambiguous.
        return plain(text);
    }
    let part = |(at, part): (usize, &&str)| {
        if at.is_multiple_of(2) {
            plain(part)
        } else {
            code(part)
        }
    };
    parts.iter().enumerate().map(part).collect()
}

/// Escapes a text so that no part of it is interpreted as Markdown.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => plain.push(' '),
            '`' | '*' | '_' | '<' | '>' | '[' | ']' | '\\' | '#' | '@' | '&' | '|' | '~' => {
                plain.push('\\');
                plain.push(c);
            }
            _ => plain.push(c),
        }
    }
    plain
}

/// Returns a text as code, whatever characters it contains.
pub(crate) fn code(text: &str) -> String {
    let longest = text
        .split(|c| c != '`')
        .map(str::len)
        .max()
        .unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let text = text.replace(['\n', '\r'], " ");
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::{code, message};

    #[test]
    fn texts_are_not_taken_for_markdown() {
        assert_eq!(message("a | b\n*c* `x_y`"), "a \\| b \\*c\\* `x_y`");
        assert_eq!(message("`a`b` is gone"), "\\`a\\`b\\` is gone");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a`"), "`` `a` ``");
        assert_eq!(code("a|b\nc"), "`a|b c`");
    }
}
