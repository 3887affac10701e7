//! Text as TOML.

use std::fmt::Write as _;

/// Returns a basic string.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::string;

    #[test]
    fn nothing_ends_a_string_early() {
        assert_eq!(string("a\"b\\c\nd"), r#""a\"b\\c\u000Ad""#);
        assert_eq!(string("é"), "\"é\"");
    }
}
