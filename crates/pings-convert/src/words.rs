//! Small functions on texts of the inputs.

/// Returns a name as words: `search.app_opened` becomes `Search app opened`.
pub(crate) fn humanized(name: &str) -> String {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let text = words.join(" ");
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None if name.trim().is_empty() => "Other".to_owned(),
        None => name.to_owned(),
    }
}

/// Splits the address of a pull or merge request into the address without the number, and the
/// number: `https://example.com/a/pull/12#note` becomes `https://example.com/a/pull/` and 12.
pub(crate) fn pull_request(address: &str) -> Option<(&str, u64)> {
    let marks = ["/pull/", "/merge_requests/"];
    let end = marks
        .iter()
        .find_map(|mark| Some(address.find(mark)? + mark.len()))?;
    let (prefix, rest) = address.split_at(end);
    let digits = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    Some((prefix, rest[..digits].parse().ok()?))
}

/// Returns a text on one line, of at most `most` characters.
pub(crate) fn on_one_line(text: &str, most: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let mut short: String = line.chars().take(most - 1).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::{humanized, on_one_line, pull_request};

    #[test]
    fn names_become_words() {
        assert_eq!(humanized("search.app_opened"), "Search app opened");
        assert_eq!(humanized("über-uns"), "Über uns");
        assert_eq!(humanized("+++"), "+++");
    }

    #[test]
    fn addresses_of_pull_requests_have_numbers() {
        let address = "https://gitlab.com/a/b/-/merge_requests/51974";
        let prefix = "https://gitlab.com/a/b/-/merge_requests/";
        assert_eq!(pull_request(address), Some((prefix, 51974)));
        assert_eq!(
            pull_request("https://github.com/a/b/pull/12#issuecomment-1"),
            Some(("https://github.com/a/b/pull/", 12))
        );
        assert_eq!(pull_request("https://example.com/issues/1"), None);
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(on_one_line("a\n  b", 10), "a b");
        assert_eq!(on_one_line("abcdef", 4), "abc…");
    }
}
