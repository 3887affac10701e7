//! Whatever a registry holds, it is read or refused, and what is read generates.

use pings_codegen::Origin;
use pings_registry::{Source, parse, render};
use pings_tests::fixture::Fixture;
use proptest::prelude::*;

/// Reads a registry; renders what is wrong with it, or generates all of it.
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
                command: "generate",
            };
            assert!(
                pings_codegen::standalone(&registry, &origin)
                    .files()
                    .count()
                    > 0
            );
        }
    }
}

fn registries() -> Vec<String> {
    Fixture::all().iter().map(Fixture::registry).collect()
}

/// What registries are made of, and what they are not.
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
