//! Conversion of registry names to Rust identifiers. All naming in generated code is decided here.

use std::collections::BTreeSet;

use heck::{ToPascalCase, ToSnakeCase};

/// Words that cannot be used as identifiers: the keywords of every edition up to 2024, including
/// reserved ones, from the chapter "Keywords" of the Rust Reference.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Returns the name of a type or variant: `insight_addition` becomes `InsightAddition`.
///
/// Returns `None` if the name contains no character that an identifier can use.
#[must_use]
pub fn type_name(name: &str) -> Option<String> {
    finished(name.to_pascal_case())
}

/// Returns the names as distinct variant names of one enum. Names that convert to the same
/// identifier get a number, in order.
///
/// A name without any character that an identifier can use becomes `Unnamed`.
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

/// Words that cannot name an exported function of a JavaScript module, and the names that the
/// generated module uses itself. A module that exports `then` cannot be imported dynamically.
const JAVASCRIPT_WORDS: &[&str] = &[
    "arguments",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "eval",
    "export",
    "extends",
    "false",
    "finally",
    "fire",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "record",
    "return",
    "start",
    "static",
    "super",
    "switch",
    "then",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
];

/// Returns the names as distinct function names of one JavaScript module: `InsightAddition` becomes
/// `insightAddition`, and `delete` becomes `delete_`.
///
/// The numbers of names that convert to the same identifier are those of [`type_names`].
pub fn function_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut free = |name: String| {
        let mut function: String = match name.chars().next() {
            Some(first) => first.to_ascii_lowercase().to_string() + &name[first.len_utf8()..],
            None => name,
        };
        while JAVASCRIPT_WORDS.contains(&function.as_str()) || !taken.insert(function.clone()) {
            function.push('_');
        }
        function
    };
    type_names(names).into_iter().map(&mut free).collect()
}

/// Returns the name of a field, function or module: `InsightAddition` becomes `insight_addition`.
///
/// Returns `None` if the name contains no character that an identifier can use.
#[must_use]
pub fn snake_name(name: &str) -> Option<String> {
    finished(name.to_snake_case())
}

/// Keeps only ASCII characters, so that two names that look alike do not become two identifiers,
/// and adds `_` to a name that starts with a digit or is a keyword.
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
    use super::{function_names, snake_name, type_name, type_names};

    #[test]
    fn names_that_fold_to_one_get_numbers() {
        assert_eq!(
            type_names(["a.b", "A_b", "ab2", "a b", "день"]),
            ["AB", "AB2", "Ab2", "AB3", "Unnamed"]
        );
    }

    #[test]
    fn functions_of_javascript_have_names_that_can_be_exported() {
        let names = [
            "InsightAddition",
            "a.b",
            "A_b",
            "delete",
            "Delete",
            "then",
            "start",
            "2fa",
            "self",
            "день",
            "день!",
        ];
        assert_eq!(
            function_names(names),
            [
                "insightAddition",
                "aB",
                "aB2",
                "delete_",
                "delete2",
                "then_",
                "start_",
                "_2fa",
                "self_",
                "unnamed",
                "unnamed2"
            ]
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
