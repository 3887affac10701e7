//! What to write instead of a key that other systems have.

/// Returns the help for a key of a record that a registry does not have.
pub(super) fn instead(record: &str, key: &str) -> Option<&'static str> {
    match (record, key) {
        ("argument", "pattern" | "regex") => Some(
            "databases do not agree on patterns, and their values have no bound: list the values with \
             `enum` or `values: { file: languages.txt }`, or use `type: version`; a metric can filter a \
             text with `where: { argument: { starts_with: a } }`",
        ),
        ("column", "pattern" | "regex") => Some(
            "databases do not agree on patterns, and their values have no bound: list the values with \
             `enum` or `values: { file: languages.txt }`, or use `version`",
        ),
        ("condition", "pattern" | "regex" | "matches") => Some(
            "databases do not agree on patterns: use `starts_with`, or `like` with `%` and `_`",
        ),
        _ => None,
    }
}
