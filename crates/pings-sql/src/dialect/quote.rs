//! Quoting of names and texts. All registry content reaches SQL through these functions.

/// The keywords that need quotes in PostgreSQL 13 to 15 or SQLite 3.40.
///
/// The list was determined by experiment: every keyword of either database was used as a table, a
/// column and an alias, and these keywords were rejected in at least one place.
const KEYWORDS: &[&str] = &[
    "add",
    "all",
    "alter",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "autoincrement",
    "between",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "commit",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "delete",
    "desc",
    "distinct",
    "do",
    "drop",
    "else",
    "end",
    "escape",
    "except",
    "exists",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "if",
    "ilike",
    "in",
    "index",
    "initially",
    "inner",
    "insert",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "raise",
    "recursive",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "set",
    "similar",
    "some",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "transaction",
    "true",
    "union",
    "unique",
    "update",
    "user",
    "using",
    "values",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

/// Returns a name as an identifier. Plain names are not quoted, for readability.
pub fn identifier(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Renders a table, with its schema and alias if it has them.
pub fn table(name: &str, alias: Option<&str>) -> String {
    let name = qualified(name);
    match alias {
        Some(alias) => format!("{name} AS {}", identifier(alias)),
        None => name,
    }
}

/// Returns whether a name needs no quotes. PostgreSQL folds unquoted names to lower case, so upper
/// case needs quotes.
fn is_plain(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let goes_on = name
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    begins && goes_on && KEYWORDS.binary_search(&name).is_err()
}

/// Returns the name of a table, with its schema if it has one.
pub fn qualified(name: &str) -> String {
    let parts: Vec<String> = name.split('.').map(identifier).collect();
    parts.join(".")
}

/// Returns a text as a literal. Backslashes are not special, as in standard SQL.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::{KEYWORDS, identifier, text};

    #[test]
    fn keywords_can_be_searched() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn only_plain_names_go_without_quotes() {
        for (name, quoted) in [
            ("insight_view", "insight_view"),
            ("_x9", "_x9"),
            ("type", "type"),
            ("order", "\"order\""),
            ("distinct", "\"distinct\""),
            ("insightType", "\"insightType\""),
            ("@event", "\"@event\""),
            ("9x", "\"9x\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("größe", "\"größe\""),
            ("", "\"\""),
        ] {
            assert_eq!(identifier(name), quoted);
        }
    }

    #[test]
    fn texts_cannot_end_early() {
        assert_eq!(text("it's"), "'it''s'");
        assert_eq!(text("'; DROP TABLE x --"), "'''; DROP TABLE x --'");
        assert_eq!(text(r"C:\new"), r"'C:\new'");
        assert_eq!(text(""), "''");
    }
}
