//! Values that are only listed in prose: "Possible values are: `home` or `browser`".

/// The maximum number of values that prose may list.
const MOST: usize = 200;

/// The maximum length of a value, in bytes.
const LONGEST: usize = 64;

/// Returns the values that a description lists, if it does.
///
/// Only texts in backticks, and bullets of one word, after a word such as `values` or `one of` are
/// taken, because other words may be prose.
pub(crate) fn values(description: &str) -> Option<Vec<String>> {
    let lower = description.to_ascii_lowercase();
    let marks = ["values", "one of", "can be", "either", "options are"];
    let start = marks.iter().filter_map(|mark| lower.find(mark)).min()?;
    // Lower case ASCII has the same offsets.
    let rest = description.get(start..)?;
    let mut values = quoted(rest);
    if values.is_empty() {
        values = bullets(rest);
    }
    let mut distinct: Vec<String> = Vec::new();
    for value in values {
        if !distinct.contains(&value) {
            distinct.push(value);
        }
    }
    (2..=MOST).contains(&distinct.len()).then_some(distinct)
}

/// Returns whether a name is that of a version: `os.version` or `appVersion`, but not `conversion`.
pub(crate) fn is_version(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let Some(before) = lower.strip_suffix("version") else {
        return false;
    };
    // Lower case ASCII has the same offsets.
    let is_camel = name[before.len()..].starts_with('V');
    is_camel || before.is_empty() || before.ends_with(|c: char| !c.is_alphanumeric())
}

/// Returns the texts in backticks, or else those in other quotes. If one of the texts in backticks is
/// no value, none is.
fn quoted(text: &str) -> Vec<String> {
    let inside = text.split('`').skip(1).step_by(2);
    let values: Vec<&str> = inside.collect();
    if !values.is_empty() {
        return match values.iter().all(|value| is_value(value)) {
            true => values.into_iter().map(str::to_owned).collect(),
            false => Vec::new(),
        };
    }
    // A quote in a word is an apostrophe.
    let words = text.split(|c: char| c.is_whitespace() || ",;:()".contains(c));
    let words = words.map(|word| word.trim_end_matches('.'));
    let inside = words.filter_map(|word| {
        let without = |quote| word.strip_prefix(quote)?.strip_suffix(quote);
        without('\'').or_else(|| without('"'))
    });
    inside
        .filter(|word| is_value(word))
        .map(str::to_owned)
        .collect()
}

/// Returns the bullets of one word.
fn bullets(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim);
    let bullets = lines.filter_map(|line| line.strip_prefix("* ").or(line.strip_prefix("- ")));
    let words = bullets.map(|bullet| bullet.trim().trim_matches('"').to_owned());
    words.take_while(|word| is_value(word)).collect()
}

fn is_value(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_-.:/".contains(c);
    let has_letter = text.contains(|c: char| c.is_ascii_alphanumeric());
    has_letter && text.len() <= LONGEST && text.chars().all(is_part)
}

#[cfg(test)]
mod tests {
    use super::{is_version, values};

    #[test]
    fn names_of_versions_end_with_the_word() {
        for name in [
            "version",
            "os.version",
            "app version",
            "appVersion",
            "os_version",
        ] {
            assert!(is_version(name), "{name}");
        }
        for name in ["conversion", "version_code", "versions", "über"] {
            assert!(!is_version(name), "{name}");
        }
    }

    #[test]
    fn only_clear_lists_are_taken() {
        let home = "Possible values are: `home` or `browser`";
        assert_eq!(values(home).unwrap(), ["home", "browser"]);
        let either = "The mode the link was opened in. Either 'PRIVATE' or 'NORMAL'. It's broken.";
        assert_eq!(values(either).unwrap(), ["PRIVATE", "NORMAL"]);
        let bullets = "How. Possible\nvalues are:\n\n* default.action\n* shortcut\n";
        assert_eq!(values(bullets).unwrap(), ["default.action", "shortcut"]);
        for prose in [
            "The view (for example: `Home` or `Browser`)",
            "The values are `a + b` or `c`",
            "One of `a`",
            "The value of the thing",
            "",
        ] {
            assert_eq!(values(prose), None, "{prose}");
        }
    }
}
