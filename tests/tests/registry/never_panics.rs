//! Any text is either a valid registry or rejected, and code can be generated from each valid
//! registry.

use pings_codegen::{Libraries, Origin};
use pings_registry::{Source, parse, render};
use pings_tests::fixture::Fixture;
use proptest::prelude::*;

/// Parses a text as a registry. Renders the diagnostics, or generates all files.
fn through(text: &str) {
    match parse(text) {
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty(), "refused without a reason");
            for diagnostic in &diagnostics {
                let span = diagnostic.span;
                assert!(
                    span.start <= span.end && span.end <= text.len(),
                    "{diagnostic:?}"
                );
                let source = Source {
                    name: "pings.yaml",
                    text,
                };
                for colour in [false, true] {
                    assert!(!render(source, diagnostic, colour).is_empty());
                }
            }
        }
        Ok(registry) => {
            let origin = Origin {
                registry_path: "pings.yaml",
                registry_text: text,
                values: None,
                command: "generate",
            };
            let tree = pings_codegen::standalone(&registry, &origin, Libraries::Published);
            assert!(tree.files().count() > 0);
        }
    }
}

fn registries() -> Vec<String> {
    Fixture::all().iter().map(Fixture::registry).collect()
}

/// Fragments of registries, and fragments that do not belong in one.
const SCRAPS: &[&str] = &[
    "\u{0}",
    "\t",
    "\n",
    ":",
    ": ",
    "- ",
    "'",
    "\"",
    "|",
    ">",
    "[",
    "]",
    "{",
    "}",
    "#",
    "&a",
    "*a",
    "!!str",
    "~",
    "null",
    "3.30",
    "\"3.30\"",
    "-1",
    "1e400",
    "9223372036854775808",
    "true",
    "@event",
    "count",
    "CASE",
    "CASE WHEN",
    "END",
    "((",
    "))",
    "$1",
    ":week_start",
    ";",
    "--",
    "/*",
    "é",
    "\u{202e}",
    "💥",
    "\u{feff}",
    "  ",
    "metrics",
    "funnels",
    "pings:",
    "events:",
    "---",
];

#[derive(Clone, Debug)]
enum Mutation {
    Remove(usize, usize),
    Insert(usize, usize),
    Swap(usize, usize),
    Duplicate(usize, usize),
    Truncate(usize),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let n = any::<usize>;
    prop_oneof![
        (n(), 1..40_usize).prop_map(|(at, length)| Mutation::Remove(at, length)),
        (n(), n()).prop_map(|(at, scrap)| Mutation::Insert(at, scrap)),
        (n(), n()).prop_map(|(a, b)| Mutation::Swap(a, b)),
        (n(), 1..8_usize).prop_map(|(line, count)| Mutation::Duplicate(line, count)),
        n().prop_map(Mutation::Truncate),
    ]
}

fn mutate(text: &str, mutation: &Mutation) -> String {
    let chars: Vec<char> = text.chars().collect();
    let lines: Vec<&str> = text.lines().collect();
    if chars.is_empty() || lines.is_empty() {
        return text.to_owned();
    }
    match *mutation {
        Mutation::Remove(at, length) => {
            let at = at % chars.len();
            chars[..at]
                .iter()
                .chain(chars.iter().skip(at + length))
                .collect()
        }
        Mutation::Insert(at, scrap) => {
            let at = at % chars.len();
            let scrap = SCRAPS[scrap % SCRAPS.len()];
            chars[..at]
                .iter()
                .copied()
                .chain(scrap.chars())
                .chain(chars[at..].iter().copied())
                .collect()
        }
        Mutation::Swap(a, b) => {
            let mut lines = lines;
            let (a, b) = (a % lines.len(), b % lines.len());
            lines.swap(a, b);
            lines.join("\n")
        }
        Mutation::Duplicate(line, count) => {
            let line = line % lines.len();
            let end = (line + count).min(lines.len());
            [&lines[..end], &lines[line..]].concat().join("\n")
        }
        Mutation::Truncate(at) => chars[..at % chars.len()].iter().collect(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn mutated_registries(which in any::<usize>(), mutations in prop::collection::vec(mutation(), 1..6)) {
        let registries = registries();
        let mut text = registries[which % registries.len()].clone();
        for mutation in &mutations {
            text = mutate(&text, mutation);
        }
        through(&text);
    }

    #[test]
    fn any_text(text in any::<String>()) {
        through(&text);
    }

    #[test]
    fn any_expression(scraps in prop::collection::vec(0..SCRAPS.len(), 0..8), free in "[a-z0-9 .,'()+*/%<>=|-]{0,40}") {
        let expression: String = scraps.iter().map(|scrap| SCRAPS[*scrap]).chain([free.as_str()]).collect();
        let quoted = serde_json::to_string(&expression).unwrap();
        through(&format!(
            "format: 1\nname: a\ntitle: A\ntables:\n  a:\n    b: integer\n    c: text\npings:\n  - id: a\n    title: A\n    \
             type: be_capture\n    aggregation: total\n    added: \"1\"\n    metrics:\n      - {{ code: A, from: a, where: {quoted}, \
             by: {{ x: {quoted} }} }}\n"
        ));
    }
}

/// Returns a registry with an expression in each place that takes one.
fn with_expression(expression: &str) -> String {
    let quoted = serde_json::to_string(expression).unwrap();
    format!(
        "format: 1\nname: a\ntitle: A\ntables:\n  t:\n    id: integer\n    name: text\n    at: timestamp\n    doc: json\n\
         pings:\n  - id: a\n    title: A\n    type: be_capture\n    aggregation: total\n    added: \"1\"\n    metrics:\n\
         \x20     - {{ code: A, from: t, where: {quoted} }}\n\
         \x20     - {{ code: B, from: t, join: [{{ table: t, as: u, condition: {quoted} }}] }}\n\
         \x20     - {{ code: C, from: t, measure: stats, per: t.id, value: {quoted} }}\n"
    )
}

/// Returns a registry with a statement for both databases.
fn with_statement(statement: &str) -> String {
    let quoted = serde_json::to_string(statement).unwrap();
    format!(
        "format: 1\nname: a\ntitle: A\npings:\n  - id: a\n    title: A\n    type: be_capture\n    aggregation: weekly\n    \
         added: \"1\"\n    metrics:\n      - {{ code: A, sql: {{ postgres: {quoted}, sqlite: {quoted} }}, columns: {{ n: integer }} }}\n"
    )
}

/// Returns expressions with `n` steps, each with the name of its kind.
fn chains(n: usize) -> Vec<(&'static str, String)> {
    let around = |open: &str, middle: &str, close: &str| {
        format!("{}{middle}{}", open.repeat(n), close.repeat(n))
    };
    vec![
        ("plus", around("1 + ", "1 = 2", "")),
        ("minus", around("", "1 = 2", " - 1")),
        ("times", around("t.id * ", "1 = 2", "")),
        ("and", around("t.id = 1 AND ", "TRUE", "")),
        ("or", around("t.id = 1 OR ", "TRUE", "")),
        ("mixed", around("t.id = 1 OR t.id = 2 AND ", "TRUE", "")),
        ("left", around("(", "TRUE", " AND TRUE)")),
        ("right", around("TRUE OR (TRUE AND ", "TRUE", ")")),
        ("concat", around("'a' || ", "'b' = 'c'", "")),
        ("parentheses", around("(", "1", ") = 1")),
        ("unclosed", around("(", "1", "")),
        ("not", around("NOT ", "TRUE", "")),
        ("sign", around("- ", "1 = 1", "")),
        ("case", around("CASE WHEN TRUE THEN ", "1", " END = 1")),
        (
            "case_else",
            around("CASE WHEN TRUE THEN 1 ELSE ", "1", " END = 1"),
        ),
        (
            "whens",
            format!("CASE t.id {} END", around("WHEN 1 THEN TRUE ", "", "")),
        ),
        ("coalesce", around("coalesce(", "1", ", 1) = 1")),
        ("lower", around("lower(", "t.name", ") = 'a'")),
        ("in", format!("t.name IN ({}'b')", "'a', ".repeat(n))),
        (
            "in_of_case",
            format!(
                "CASE t.id {} END IN (1{})",
                "WHEN 1 THEN 2 ".repeat(n / 2),
                ", 1".repeat(n / 2)
            ),
        ),
        ("is_null", around("", "TRUE", " IS NULL")),
        ("equal", around("", "TRUE", " = TRUE")),
        ("between", around("1 BETWEEN 0 AND ", "2", "")),
        ("like", format!("t.name LIKE '{}'", "%a_".repeat(n))),
        ("exists", around("EXISTS (t AS x ON ", "TRUE", ")")),
        ("columns", around("t.name = ", "'a'", "")),
        (
            "seconds",
            around(
                "CASE WHEN seconds_between(",
                "t.at",
                ", t.at) > 0 THEN t.at END IS NULL",
            ),
        ),
        (
            "json",
            around(
                "json_text(CASE WHEN ",
                "TRUE",
                " THEN t.doc END, 'a') = 'a'",
            ),
        ),
        ("cast", around("CAST(", "1", " AS integer)")),
        ("casts", around("", "1", "::integer")),
        ("casts_that_fail", around("CAST(", "1", "")),
        ("extract", around("extract(year FROM ", "t.at", ")")),
        ("collate", around("", "t.name", " COLLATE \"C\"")),
        ("zones", around("", "t.at", " AT TIME ZONE 'UTC'")),
        ("brackets", around("ARRAY[", "1", "]")),
        ("subscripts", around("", "t.id", "[1]")),
        ("interval", around("interval ", "'1'", "")),
        ("queries", around("(SELECT ", "1", ")")),
        ("derived", around("EXISTS (SELECT 1 FROM (", "t", "))")),
        ("unions", around("", "1", " UNION SELECT 1")),
        ("weeks", around("", "1", " + :week_start")),
        ("rows", around("", "1", ", 1")),
    ]
}

/// Long and deeply nested SQL is parsed or rejected, on the small stack of a test thread. The time
/// limit is far above the time of a linear check, and far below that of an exponential one.
#[test]
fn deep_and_long_expressions() {
    let started = std::time::Instant::now();
    let mut slowest = (std::time::Duration::ZERO, String::new());
    for n in [45, 450, 2_000] {
        for (kind, expression) in chains(n) {
            for (place, text) in [
                ("expression", with_expression(&expression)),
                (
                    "statement",
                    with_statement(&format!("SELECT {expression} AS n FROM t")),
                ),
                ("rest", with_statement(&expression)),
            ] {
                let begun = std::time::Instant::now();
                through(&text);
                let took = begun.elapsed();
                if took > slowest.0 {
                    slowest = (took, format!("{n} {kind} as {place}"));
                }
            }
        }
    }
    println!("slowest: {slowest:?}; all: {:?}", started.elapsed());
    assert!(
        slowest.0 < std::time::Duration::from_secs(20),
        "{slowest:?}"
    );
}
