//! The names and values that were probably meant.

/// Returns the name that differs only in case, separators or a single letter.
pub(crate) fn by_a_letter<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let letters = folded(name);
    let mut near = known.filter(|other| is_a_letter_away(&letters, &folded(other)));
    near.next()
}

/// Returns whether two texts are equal, or differ by a letter that is replaced, added, removed or
/// swapped with the next.
fn is_a_letter_away(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[same..], &long[same..]);
    match (short, long) {
        ([], [] | [_]) => true,
        ([a, b, rest @ ..], [c, d, others @ ..]) if (a, b) == (d, c) && rest == others => true,
        _ => short.get(1..) == long.get(1..) || (short.len() < long.len() && short == &long[1..]),
    }
}

/// Returns the declared value that differs only in case, separators or a final `s`.
pub(super) fn by_spelling(text: &str, values: &[String]) -> Option<String> {
    let singular = |text: &str| {
        let mut letters = folded(text);
        while letters.last() == Some(&'s') {
            letters.pop();
        }
        letters
    };
    let meant = singular(text);
    values
        .iter()
        .find(|value| singular(value) == meant)
        .cloned()
}

/// Removes separators and case.
fn folded(text: &str) -> Vec<char> {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::by_a_letter;

    #[test]
    fn a_name_is_near_that_differs_in_a_letter() {
        let known = ["InsightAddition", "insight_view"];
        for (name, near) in [
            ("insight-addition", Some("InsightAddition")),
            ("InsightAdition", Some("InsightAddition")),
            ("InsightAdditions", Some("InsightAddition")),
            ("InsightAddiiton", Some("InsightAddition")),
            ("InsightAddixion", Some("InsightAddition")),
            ("InsightEdit", None),
            ("insight_views", Some("insight_view")),
        ] {
            assert_eq!(by_a_letter(name, known.into_iter()), near, "{name}");
        }
    }
}
