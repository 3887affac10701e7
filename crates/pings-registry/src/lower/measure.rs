//! Measures, and the keys that they need.

use pings_model::Measure;

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::source::Span;
use crate::syntax::{self, RawMetric};
use crate::tree::Node;

/// Returns whether a measure computes with values.
pub(super) fn is_arithmetic(word: &str) -> bool {
    matches!(word, "sum" | "stats" | "percentiles")
}

/// Returns the measure for a word. [`measure_words`] already checked that the required keys exist.
pub(super) fn measure<V>(word: &str, value: Option<V>, raw: &RawMetric) -> Option<Measure<V>> {
    Some(match word {
        "count" => Measure::Count,
        "distinct" => Measure::Distinct(value?),
        "sum" => Measure::Sum(value?),
        "stats" => Measure::Stats(value?),
        "percentiles" => {
            let mut at: Vec<_> = raw
                .at
                .iter()
                .filter_map(|text| syntax::percentile(text))
                .collect();
            at.sort_unstable();
            Measure::Percentiles { value: value?, at }
        }
        _ => return None,
    })
}

/// Returns the words of `measure` with their locations, and checks that `value` and `at` match
/// them.
pub(super) fn measure_words<'r>(
    raw: &'r RawMetric,
    node: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<(&'r str, Span)>> {
    let places = node
        .get("measure")
        .map(Node::one_or_many)
        .unwrap_or_default();
    let mut words: Vec<(&str, Span)> = raw
        .measure
        .0
        .iter()
        .zip(places)
        .map(|(word, node)| (word.as_str(), node.span))
        .collect();
    if words.is_empty() {
        words.push(("count", node.head()));
    }
    let before = cx.diagnostics.len();
    for (at, (word, span)) in words.iter().enumerate() {
        if words[..at].iter().any(|(other, _)| other == word) {
            cx.error(
                Rule::DuplicateValue,
                *span,
                format!("`{word}` is listed twice"),
                "remove one",
            );
        }
    }
    let needs_value = words
        .iter()
        .find(|(word, _)| *word == "distinct" || is_arithmetic(word));
    match (needs_value, node.entry("value")) {
        (Some((word, span)), None) => {
            let help =
                "set `value` to an argument of the events, or to an SQL expression in a capture";
            cx.error(
                Rule::MissingKey,
                *span,
                format!("`{word}` needs a `value`"),
                help,
            );
        }
        (None, Some(entry)) => {
            let help = "remove it, or add a measure: distinct, sum, stats or percentiles";
            cx.error(
                Rule::MisplacedKey,
                entry.key_span,
                "a `value` that is not measured",
                help,
            );
        }
        _ => {}
    }
    let needs_at = words.iter().find(|(word, _)| *word == "percentiles");
    match (needs_at, node.entry("at")) {
        (Some((_, span)), None) => {
            cx.error(
                Rule::MissingKey,
                *span,
                "`percentiles` needs `at`",
                "list the percentiles: `at: [50, 90, 99]`",
            );
        }
        (None, Some(entry)) => {
            let help = "remove it, or set `measure: percentiles`";
            cx.error(
                Rule::MisplacedKey,
                entry.key_span,
                "`at` is only for percentiles",
                help,
            );
        }
        (Some(_), Some(entry)) => percentiles(&entry.value, cx),
        _ => {}
    }
    (cx.diagnostics.len() == before).then_some(words)
}

fn percentiles(node: &Node<'_>, cx: &mut Context<'_>) {
    let mut seen = Vec::new();
    for item in node.items() {
        let Some(percentile) = item.text().and_then(syntax::percentile) else {
            continue;
        };
        if seen.contains(&percentile) {
            cx.error(
                Rule::DuplicateValue,
                item.span,
                format!("{percentile} is listed twice"),
                "remove one",
            );
        }
        seen.push(percentile);
    }
}
