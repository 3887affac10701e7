//! The registry of a help desk, which each failure changes in its own way.

use pings_findings::diff::{Diff, Form};
use pings_model::Registry;
use pings_registry::{Source, parse, render};
use similar::TextDiff;

/// The registry as shown in `docs/registry.md`.
pub(crate) const REGISTRY: &str =
    include_str!("../../../crates/pings-cli/tests/help_desk/pings.yaml");

/// Returns the registry with replacements. Each replaced text must occur exactly once.
pub(crate) fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = REGISTRY.to_owned();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    text
}

/// Returns the difference between two registries in the format of `diff -u`, without line numbers.
pub(crate) fn difference(old: &str, new: &str) -> String {
    let difference = TextDiff::from_lines(old, new);
    let difference = difference.unified_diff().context_radius(1).to_string();
    let lines = difference.lines();
    let shown = lines.map(|line| if line.starts_with("@@ ") { "@@" } else { line });
    let shown: Vec<&str> = shown.collect();
    shown.join("\n").trim_start_matches("@@\n").to_owned()
}

/// Parses a registry that must be valid.
pub(crate) fn registry(text: &str) -> Registry {
    parse(text).unwrap_or_else(|_| panic!("{}", mistakes(text)))
}

/// Returns the messages for an invalid registry.
pub(crate) fn mistakes(text: &str) -> String {
    let source = Source {
        name: "pings.yaml",
        text,
    };
    let mistakes = parse(text).expect_err("a mistake");
    let told = mistakes.iter().map(|it| render(source, it, false));
    told.collect::<Vec<_>>().join("\n\n")
}

/// Returns the output of `pings diff`.
pub(crate) fn changes(old: &str, new: &str) -> String {
    let source = Source {
        name: "pings.yaml",
        text: new,
    };
    let changes = pings_diff::diff(&registry(old), &registry(new));
    Diff::new("main", source, &changes).write(Form::Human { colour: false })
}

/// Returns the first of several messages, and the number of further messages.
pub(crate) fn first(told: &str) -> String {
    let mut messages = told.trim_end().split("\n\n");
    let first = messages.next().expect("a message");
    match messages.count() {
        0 => first.to_owned(),
        more => format!("{first}\n\n… and {more} more"),
    }
}
