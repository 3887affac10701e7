//! Formats values as YAML. Every text is quoted where YAML needs it, so that its value stays the same.

use pings_registry::yaml_text;

/// Returns a list in flow style.
pub(crate) fn list<T: AsRef<str>>(values: &[T]) -> String {
    let values: Vec<String> = values
        .iter()
        .map(|value| yaml_text(value.as_ref()))
        .collect();
    format!("[{}]", values.join(", "))
}

/// Returns the lines of a key with prose: in a block if it has several lines.
pub(crate) fn prose(key: &str, text: &str) -> Vec<String> {
    let text = text.trim_end();
    let is_plain =
        |c| matches!(c, '\n' | ' '..='~' | '\u{a1}'..='\u{2027}' | '\u{2030}'..='\u{fefe}');
    let fits = text.contains('\n') && text.chars().all(is_plain) && !text.starts_with([' ', '\n']);
    if !fits {
        return vec![format!("{key}: {}", yaml_text(text))];
    }
    let lines = text.lines().map(|line| match line.trim_end() {
        "" => String::new(),
        line => format!("  {line}"),
    });
    std::iter::once(format!("{key}: |")).chain(lines).collect()
}

/// Returns the lines of a comment.
pub(crate) fn comment(text: &str) -> Vec<String> {
    let clean = |line: &str| -> String {
        let printable = line.chars().map(|c| {
            if c.is_control() || c == '\u{feff}' {
                ' '
            } else {
                c
            }
        });
        printable.collect()
    };
    let lines = text
        .split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
        .map(clean);
    lines
        .map(|line| format!("# {}", line.trim_end()).trim_end().to_owned())
        .collect()
}
