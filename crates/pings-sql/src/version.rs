//! Versions of builds, reduced to three numbers.
//!
//! The queries read the same forms as `Version::of_build`, with numbers of up to nine digits.

use crate::dialect::Dialect;
use crate::layout::Block;

/// Returns the text `major.minor.patch` for the version of a build, or NULL if a text is not a
/// version. `text` is an expression of type text.
pub fn reduced(text: &str, dialect: Dialect) -> Block {
    match dialect {
        Dialect::Postgres => in_postgres(text),
        Dialect::Sqlite => in_sqlite(text),
    }
}

fn in_postgres(text: &str) -> Block {
    const DATE: &str = "^([vV]?(?:0!)?[0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9]).*$";
    // The suffix may follow a dot, but the placeholder in `3.x` is not a suffix.
    const WORD: &str = r"\.(?![xX](?![0-9a-zA-Z]))[a-zA-Z]";
    const NUMBER: &str = "([0-9]{1,9})";
    let single = format!("{NUMBER}(?:$|[-+~]|{WORD})");
    let several =
        format!(r"{NUMBER}\.{NUMBER}(?:\.{NUMBER})?(?:\.[0-9]{{1,9}})?(?:$|[-+~_a-zA-Z]|{WORD})");
    Block::from("(")
        .within("SELECT coalesce(part[1], part[2])::bigint")
        .within(Block::empty().within("|| '.' || coalesce(part[3], '0')::bigint"))
        .within(Block::empty().within("|| '.' || coalesce(part[4], '0')::bigint"))
        .within("FROM regexp_match(")
        .within(Block::empty().within(format!(
            r"regexp_replace(btrim({text}, E' \t\n\f\r'), '{DATE}', '\1.\2.\3'),"
        )))
        .within(Block::empty().within(format!("'^[vV]?(?:0!)?(?:{single}|{several})'")))
        .within(") AS part")
        .below(")")
}

/// SQLite has no regular expressions. `LIMIT 1` keeps SQLite from repeating the inner expressions
/// wherever the outer ones use them, which is fifty times slower.
fn in_sqlite(text: &str) -> Block {
    let date = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
    let ten_digits = "[0-9]".repeat(10);
    let trimmed = format!("SELECT trim({text}, ' ' || char(9, 10, 12, 13)) AS t");
    let steps = [
        "SELECT substr(t, 1 + (t GLOB '[vV]*')) AS t".to_owned(),
        "SELECT substr(t, 1 + 2 * (t GLOB '0!*')) AS t".to_owned(),
        format!(
            "SELECT iif(t GLOB '{date}' OR t GLOB '{date}[^0-9]*', \
             replace(substr(t, 1, 10), '-', '.'), t) AS t"
        ),
        "SELECT t, ltrim(t, '0123456789.') AS suffix".to_owned(),
        "SELECT suffix, substr(t, 1, length(t) - length(suffix)) AS dotted".to_owned(),
        "SELECT suffix, dotted, rtrim(dotted, '.') AS a".to_owned(),
        "SELECT suffix, dotted, a, substr(a, instr(a || '.', '.') + 1) AS b".to_owned(),
    ];
    let inner = steps.into_iter().fold(Block::from(trimmed), |inner, step| {
        Block::from(step)
            .below("FROM (")
            .within(inner)
            .below(") LIMIT 1")
    });
    Block::from("(")
        .within("SELECT CAST(a AS INTEGER) || '.' || CAST(b AS INTEGER)")
        .within(
            Block::empty().within("|| '.' || CAST(substr(b, instr(b || '.', '.') + 1) AS INTEGER)"),
        )
        .within(Block::from("FROM (").within(inner).below(")"))
        .within("WHERE dotted GLOB '[0-9]*' AND dotted NOT GLOB '*..*'")
        .within(Block::empty().within(format!(
            "AND a NOT GLOB '*.*.*.*.*' AND a NOT GLOB '*{ten_digits}*'"
        )))
        .within(
            Block::empty().within(
                Block::from("AND CASE")
                    .within(
                        "WHEN dotted GLOB '*.' THEN suffix GLOB '[a-zA-Z]*' AND suffix NOT GLOB \
                         '[xX]' AND suffix NOT GLOB '[xX][^0-9a-zA-Z]*'",
                    )
                    .within("WHEN suffix = '' OR suffix GLOB '[-+~]*' THEN TRUE")
                    .within("ELSE instr(dotted, '.') AND suffix GLOB '[_a-zA-Z]*'")
                    .below("END"),
            ),
        )
        .below(")")
}
