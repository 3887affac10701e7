//! Suggestions for misspelled names.

use crate::diagnostic::Diagnostic;

/// Returns the known name that is most similar to `name`, if any is similar enough.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    known
        .into_iter()
        .filter_map(|candidate| {
            let distance = strsim::damerau_levenshtein(&folded, &fold(candidate));
            // Up to a third of the letters may differ, as in rustc and cargo.
            let limit = folded
                .chars()
                .count()
                .max(candidate.chars().count())
                .div_ceil(3);
            (distance <= limit).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Returns the help for an unknown name: the most similar name, or all names if there are few.
pub(crate) fn suggestion<'a>(
    name: &str,
    what: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<String> {
    if let Some(near) = nearest(name, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    match all.len() {
        0 => None,
        1..=12 => Some(format!("{what}: {}", all.join(", "))),
        _ => None,
    }
}

/// Removes separators and case, which are the most common differences.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Adds a suggestion for an unknown name, if there is one.
pub(crate) fn with_suggestion<'a>(
    diagnostic: Diagnostic,
    name: &str,
    what: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    match suggestion(name, what, known) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}
