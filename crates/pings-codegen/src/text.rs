//! Conversion of registry text to a single line.

/// Returns the text in one line. Runs of whitespace become a space. Invisible characters are
/// removed, because they can hide or end a line.
#[must_use]
pub fn one_line(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Returns whether a character reorders or hides the text around it. rustc denies most of these
/// characters in comments.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
    )
}

/// Joins the parts with a comma and a space.
pub(crate) fn comma_separated(parts: impl IntoIterator<Item = String>) -> String {
    parts.into_iter().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::one_line;

    #[test]
    fn text_becomes_one_visible_line() {
        assert_eq!(one_line(" a\r\n\tb\u{2028}c  d\n"), "a b c d");
        assert_eq!(one_line("a\u{202e}b\u{0}c\u{1b}[31m"), "abc[31m");
        assert_eq!(one_line("é 日本 👩‍💻"), "é 日本 👩‍💻");
        assert_eq!(one_line("\n"), "");
    }
}
