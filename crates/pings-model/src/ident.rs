//! Names of the registry as Rust identifiers. All naming of generated code is decided here.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};

/// What cannot be an identifier as it is: the keywords of every edition up to
/// 2024, reserved ones too, from the Rust Reference, "Keywords".
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// The name of a type or a variant: `insight_addition` is `InsightAddition`.
///
/// None where nothing of the name can stand in an identifier.
#[must_use]
pub fn type_name(name: &str) -> Option<String> {
    finished(name.to_pascal_case())
}

/// The names as those of the variants of one enum, no two alike: what folds to
/// the same gets a number, in order.
///
/// A name of which nothing can stand in an identifier is `Unnamed`.
pub fn type_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut free = |name: &str| {
        let base = type_name(name).unwrap_or_else(|| "Unnamed".to_owned());
        let numbered = (2_u64..).map(|number| format!("{base}{number}"));
        let mut all = std::iter::once(base.clone()).chain(numbered);
        let found = all.find(|name| !taken.contains(name)).unwrap_or(base);
        taken.insert(found.clone());
        found
    };
    names.into_iter().map(&mut free).collect()
}

/// The name of a field, a function or a module: `InsightAddition` is `insight_addition`.
///
/// None where nothing of the name can stand in an identifier.
#[must_use]
pub fn snake_name(name: &str) -> Option<String> {
    finished(name.to_snake_case())
}

/// Only ASCII is kept, so that two names that look alike are not two
/// identifiers; what begins with a digit or is a keyword is set apart by `_`.
fn finished(cased: String) -> Option<String> {
    let name: String = cased
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect();
    if !name.chars().any(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("_{name}"));
    }
    if KEYWORDS.contains(&name.as_str()) {
        return Some(format!("{name}_"));
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::{snake_name, type_name, type_names};

    #[test]
    fn names_that_fold_to_one_get_numbers() {
        assert_eq!(
            type_names(["a.b", "A_b", "ab2", "a b", "день"]),
            ["AB", "AB2", "Ab2", "AB3", "Unnamed"]
        );
    }

    #[test]
    fn names_become_identifiers() {
        for (name, ty, snake) in [
            ("InsightAddition", "InsightAddition", "insight_addition"),
            ("insightType", "InsightType", "insight_type"),
            (
                "search.submit/clicked",
                "SearchSubmitClicked",
                "search_submit_clicked",
            ),
            ("type", "Type", "type_"),
            ("self", "Self_", "self_"),
            ("gen", "Gen", "gen_"),
            ("2fa", "_2fa", "_2fa"),
            ("lang-stats", "LangStats", "lang_stats"),
            ("@event", "Event", "event"),
        ] {
            assert_eq!(type_name(name).as_deref(), Some(ty));
            assert_eq!(snake_name(name).as_deref(), Some(snake));
        }
    }

    #[test]
    fn what_has_no_letter_or_digit_has_no_identifier() {
        for name in ["", "+++", "_", "день"] {
            assert_eq!(type_name(name), None, "{name}");
            assert_eq!(snake_name(name), None, "{name}");
        }
    }
}
