//! Compares the messages for each kind of mistake in a registry with their snapshots.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pings_registry::{Rule, Source, parse, parse_with, render};

const MISTAKES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/registries/err");

/// Reads a file that a registry names.
fn file(name: &str) -> Result<String, String> {
    fs::read_to_string(Path::new(MISTAKES).join(name)).map_err(|_| "not found".to_owned())
}

/// Compares the messages for each registry with its snapshot.
#[test]
fn every_mistake_is_told_as_its_golden_has_it() {
    insta::glob!("../registries/err", "*.yaml", |path| {
        let text = fs::read_to_string(path).expect("a registry");
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let diagnostics = parse_with(&text, &file).expect_err(&format!("{name} has a mistake"));
        let source = Source {
            name: &name,
            text: &text,
        };
        let messages: Vec<_> = diagnostics
            .iter()
            .map(|d| render(source, d, false))
            .collect();
        let stem = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        insta::with_settings!({
            snapshot_path => path.parent().expect("a folder"),
            snapshot_suffix => "",
            prepend_module_to_snapshot => false,
            omit_expression => true,
            input_file => "",
        }, {
            insta::assert_snapshot!(stem, messages.join("\n\n"));
        });
    });
}

/// Each rule must have a fixture.
#[test]
fn every_rule_has_a_fixture() {
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(Path::new(MISTAKES)).expect("the fixtures") {
        let path = entry.expect("a fixture").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            let text = fs::read_to_string(&path).expect("a registry");
            seen.extend(
                parse_with(&text, &file)
                    .expect_err("a mistake")
                    .into_iter()
                    .map(|d| d.rule),
            );
        }
    }
    let unseen: Vec<_> = Rule::ALL
        .iter()
        .filter(|rule| !seen.contains(rule))
        .collect();
    assert!(unseen.is_empty(), "no fixture for {unseen:?}");
}

/// Registries that would take long to parse are rejected quickly.
#[test]
fn bombs_are_refused_in_milliseconds() {
    let aliases: String = ('b'..='z')
        .zip('a'..)
        .map(|(name, before)| {
            format!(
                "{name}: &{name} [{}]\n",
                vec![format!("*{before}"); 9].join(", ")
            )
        })
        .collect();
    let bombs = [
        format!("a: &a [x]\n{aliases}"),
        format!("format: {}", "[".repeat(1_000_000)),
        format!("format: {}", "{a: ".repeat(1_000_000)),
        (0..100_000)
            .map(|depth| format!("{}a:\n", " ".repeat(depth % 3000)))
            .collect(),
        format!(
            "pings:\n  - metrics:\n    - where: {}1{}\n",
            "(".repeat(100_000),
            ")".repeat(100_000)
        ),
    ];
    for bomb in bombs {
        let start = std::time::Instant::now();
        let diagnostics = parse(&bomb).expect_err("a bomb is no registry");
        assert!(!diagnostics.is_empty());
        let took = start.elapsed();
        assert!(took.as_millis() < 1000, "{took:?} for {}…", &bomb[..40]);
    }
}
