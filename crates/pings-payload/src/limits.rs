//! The limits of names, texts and counts in a payload.

/// The largest whole number that all JSON implementations read exactly: 2^53 - 1.
pub(crate) const LARGEST: u64 = (1 << 53) - 1;

/// The maximum length of a name or text, in bytes.
pub(crate) const LONGEST: usize = 1_000;

/// The maximum number of dimensions of a metric.
pub(crate) const DIMENSIONS: usize = 64;

/// Returns whether a measure with this name is a count, which cannot be negative.
pub(crate) fn is_count(measure: &str) -> bool {
    matches!(
        measure,
        "count" | "unique_users" | "first_time_users" | "distinct" | "users" | "reached"
    )
}

/// Returns whether a text can be the name of a member.
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control)
}

/// Returns the error message for a text that cannot be the name of a member.
pub(crate) fn no_name() -> String {
    format!("a name must have 1 to {LONGEST} bytes and no control characters")
}
