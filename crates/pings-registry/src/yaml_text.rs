//! Formats texts as YAML.

/// Returns a text as a YAML scalar on one line, which every parser reads as this text: plain if
/// that is valid everywhere, including lists and keys, and otherwise in double quotes.
#[must_use]
pub fn yaml_text(text: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || " _-./()'".contains(c);
    let begins = text.starts_with(|c: char| c.is_alphabetic());
    // Words that some version of YAML does not read as text.
    let is_taken = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "nan" | "inf"
    );
    if begins && text.chars().all(is_word) && text == text.trim() && !is_taken {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            // YAML 1.1 reads some of these as line breaks, and refuses the others.
            '\0'..='\u{1f}'
            | '\u{7f}'..='\u{a0}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => out.push_str(&format!("\\u{:04x}", u32::from(character))),
            character => out.push(character),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::yaml_text;

    #[test]
    fn a_text_stays_a_text() {
        for (given, written) in [
            (
                "To track how many users share.",
                "To track how many users share.",
            ),
            ("yes", "\"yes\""),
            ("3.30", "\"3.30\""),
            ("a: b", "\"a: b\""),
            ("a #b", "\"a #b\""),
            ("[a]", "\"[a]\""),
            ("a, b", "\"a, b\""),
            (" a", "\" a\""),
            ("a\n\"b\"", r#""a\n\"b\"""#),
            ("\u{85}\u{2028}\u{feff}\\", r#""\u0085\u2028\ufeff\\""#),
            ("lang-stats", "lang-stats"),
            ("", "\"\""),
        ] {
            assert_eq!(yaml_text(given), written);
            let read: String = serde_yaml::from_str(&yaml_text(given)).unwrap();
            assert_eq!(read, given);
        }
    }
}
