//! Numbers with their nouns.

/// Returns a number with its noun: `1 code`, `2 codes`.
#[must_use]
pub fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        more => format!("{more} {one}s"),
    }
}
