//! Checks that a join has exactly one condition, under `on` or `condition`.

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    let metrics = ping.get("metrics").map(Node::items).unwrap_or_default();
    let joins = metrics.iter().filter_map(|metric| metric.get("join"));
    for join in joins.flat_map(Node::items) {
        match (join.entry("on"), join.entry("condition")) {
            (Some(on), Some(condition)) => cx.report(
                Diagnostic::new(
                    Rule::MisplacedKey,
                    condition.key_span,
                    "a join with both `on` and `condition`",
                )
                .related(on.key_span, "`on` is here")
                .help("remove one of them, because they mean the same"),
            ),
            // A value that is not a mapping was reported by the schema check.
            (None, None) if !join.entries().is_empty() => cx.report(
                Diagnostic::new(Rule::MissingKey, join.head(), "a join needs `on`")
                    .label("missing here")
                    .help("`on`: the SQL condition for matching rows"),
            ),
            _ => {}
        }
    }
}

/// Returns the condition of a join.
pub(crate) fn condition<'n>(join: &'n Node<'n>) -> Option<&'n Node<'n>> {
    join.get("on").or_else(|| join.get("condition"))
}
