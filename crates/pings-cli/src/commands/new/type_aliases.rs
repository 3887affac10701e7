//! Guesses the intended type from a word.

use pings_registry::nearest;

/// The types of arguments by their names in the registry.
const TYPES: [&str; 5] = ["string", "integer", "number", "boolean", "version"];

/// Names of types in other languages.
const ALIASES: [(&str, &str); 21] = [
    ("str", "string"),
    ("text", "string"),
    ("char", "string"),
    ("varchar", "string"),
    ("uuid", "string"),
    ("json", "string"),
    ("object", "string"),
    ("date", "string"),
    ("timestamp", "string"),
    ("int", "integer"),
    ("i32", "integer"),
    ("i64", "integer"),
    ("u32", "integer"),
    ("u64", "integer"),
    ("long", "integer"),
    ("bigint", "integer"),
    ("float", "number"),
    ("f64", "number"),
    ("double", "number"),
    ("bool", "boolean"),
    ("semver", "version"),
];

/// Returns the type that an unknown word probably means: an alias or a misspelled type.
pub(super) fn intended_type(word: &str) -> Option<&'static str> {
    let alias = ALIASES.iter().find(|(it, _)| it.eq_ignore_ascii_case(word));
    match alias {
        Some((_, ty)) => Some(ty),
        None => nearest(word, TYPES),
    }
}

#[cfg(test)]
mod tests {
    use super::intended_type;

    #[test]
    fn a_word_that_is_nearly_a_type_means_one() {
        for (word, ty) in [
            ("int", Some("integer")),
            ("Integer", Some("integer")),
            ("interger", Some("integer")),
            ("BOOL", Some("boolean")),
            ("float", Some("number")),
            ("text", Some("string")),
            ("json", Some("string")),
            ("mail", None),
            ("searchInsights", None),
        ] {
            assert_eq!(intended_type(word), ty, "{word}");
        }
    }
}
