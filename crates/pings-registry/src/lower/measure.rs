//! Measures, and the keys that they need.

use pings_model::{Buckets, Measure, ValueType};

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::lower::groups;
use crate::source::Span;
use crate::syntax::{self, RawMetric};
use crate::tree::Node;

/// The number of bytes of a column's name that PostgreSQL keeps.
const LONGEST: usize = 63;

/// Returns whether a measure computes with values.
pub(super) fn is_arithmetic(word: &str) -> bool {
    matches!(word, "sum" | "stats" | "percentiles" | "histogram")
}

/// Returns the measure for a word. [`measure_words`] already checked that the required keys exist.
pub(super) fn measure<V>(
    word: &str,
    value: Option<V>,
    buckets: Option<&Buckets>,
    raw: &RawMetric,
) -> Option<Measure<V>> {
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
        "histogram" => Measure::Histogram {
            value: value?,
            buckets: buckets?.clone(),
        },
        "value" => Measure::Value(value?),
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
        .find(|(word, _)| matches!(*word, "distinct" | "value") || is_arithmetic(word));
    match (needs_value, node.entry("value")) {
        (Some((word, span)), None) => {
            let help =
                "set `value` to an argument of the events, or to an SQL expression in a capture";
            cx.error(
                Rule::MissingKey,
                *span,
                match *word {
                    "value" => "`measure: value` needs a `value`".to_owned(),
                    word => format!("`{word}` needs a `value`"),
                },
                help,
            );
        }
        (None, Some(entry)) => {
            let help = "remove it, or add a measure: distinct, sum, stats, percentiles, histogram or value";
            cx.error(
                Rule::MisplacedKey,
                entry.key_span,
                "a `value` that is not measured",
                help,
            );
        }
        _ => {}
    }
    let needed = |measure, key, message, help| Needed {
        by: words
            .iter()
            .find(|(word, _)| *word == measure)
            .map(|(_, span)| *span),
        key,
        message,
        help,
    };
    let at = needed(
        "percentiles",
        "at",
        ["`percentiles` needs `at`", "`at` is only for percentiles"],
        [
            "list the percentiles: `at: [50, 90, 99]`",
            "remove it, or set `measure: percentiles`",
        ],
    );
    let buckets = needed(
        "histogram",
        "buckets",
        [
            "`histogram` needs `buckets`",
            "`buckets` is only for histograms",
        ],
        [
            "list the bounds between the ranges: `buckets: [1, 10, 100]`",
            "remove it, or set `measure: histogram`; the ranges of a dimension are set with `bucket`",
        ],
    );
    if let Some(at) = at.check(node, cx) {
        percentiles(at, cx);
    }
    buckets.check(node, cx);
    (cx.diagnostics.len() == before).then_some(words)
}

/// A key that only one measure needs.
struct Needed {
    /// The place of the measure, if the metric has it.
    by: Option<Span>,
    key: &'static str,
    /// The messages for a missing key and for a key without the measure.
    message: [&'static str; 2],
    /// The help for both.
    help: [&'static str; 2],
}

impl Needed {
    /// Returns the value of the key if both the key and its measure exist, and reports one without
    /// the other.
    fn check<'n>(&self, node: &'n Node<'n>, cx: &mut Context<'_>) -> Option<&'n Node<'n>> {
        match (self.by, node.entry(self.key)) {
            (Some(_), Some(entry)) => return Some(&entry.value),
            (Some(span), None) => {
                cx.error(Rule::MissingKey, span, self.message[0], self.help[0]);
            }
            (None, Some(entry)) => {
                cx.error(
                    Rule::MisplacedKey,
                    entry.key_span,
                    self.message[1],
                    self.help[1],
                );
            }
            (None, None) => {}
        }
        None
    }
}

/// Returns the ranges of a histogram of values of this type. A metric without `buckets` has none.
pub(super) fn histogram(
    node: &Node<'_>,
    ty: ValueType,
    cx: &mut Context<'_>,
) -> Option<Option<Buckets>> {
    let Some(bounds) = node.get("buckets") else {
        return Some(None);
    };
    let buckets = groups::buckets(bounds, "value", ty, cx)?;
    let labels = buckets.labels();
    if let Some(long) = labels.iter().find(|label| label.len() > LONGEST) {
        let message = format!("the name of the range `{long}` has {} bytes", long.len());
        let help = format!("use bounds with fewer digits: a name has at most {LONGEST} bytes");
        cx.error(Rule::InvalidName, bounds.span, message, help);
        return None;
    }
    Some(Some(buckets))
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
