//! The registry of a help desk, which every failure breaks in a way of its own.

use pings_findings::diff::{Diff, Form};
use pings_model::Registry;
use pings_registry::{Source, parse, render};
use similar::TextDiff;

/// The registry, as `docs/registry.md` shows it.
pub(crate) const REGISTRY: &str =
    include_str!("../../../crates/pings-cli/tests/help_desk/pings.yaml");

/// The registry with parts written otherwise, each of which stands in it once.
pub(crate) fn edited(edits: &[(&str, &str)]) -> String {
    let mut text = REGISTRY.to_owned();
    for (from, to) in edits {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text = text.replace(from, to);
    }
    text
}

/// What was edited, as `diff -u` shows it, without the line numbers.
pub(crate) fn difference(old: &str, new: &str) -> String {
    let difference = TextDiff::from_lines(old, new);
    let difference = difference.unified_diff().context_radius(1).to_string();
    let lines = difference.lines();
    let shown = lines.map(|line| if line.starts_with("@@ ") { "@@" } else { line });
    let shown: Vec<&str> = shown.collect();
    shown.join("\n").trim_start_matches("@@\n").to_owned()
}

/// A registry that passes.
pub(crate) fn registry(text: &str) -> Registry {
    parse(text).unwrap_or_else(|_| panic!("{}", mistakes(text)))
}

/// What is said of a registry that does not.
pub(crate) fn mistakes(text: &str) -> String {
    let source = Source {
        name: "pings.yaml",
        text,
    };
    let mistakes = parse(text).expect_err("a mistake");
    let told = mistakes.iter().map(|it| render(source, it, false));
    told.collect::<Vec<_>>().join("\n\n")
}

/// What `pings diff` says.
pub(crate) fn changes(old: &str, new: &str) -> String {
    let source = Source {
        name: "pings.yaml",
        text: new,
    };
    let changes = pings_diff::diff(&registry(old), &registry(new));
    Diff::new("main", source, &changes).write(Form::Human { colour: false })
}

/// The first of several messages, and how many there are more.
pub(crate) fn first(told: &str) -> String {
    let mut messages = told.trim_end().split("\n\n");
    let first = messages.next().expect("a message");
    match messages.count() {
        0 => first.to_owned(),
        more => format!("{first}\n\n… and {more} more"),
    }
}
