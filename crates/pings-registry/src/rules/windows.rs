//! Checks that a ping has either an aggregation or windows, and that its metrics can have windows.

use pings_model::schema::OWN_KEYS;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::metrics::metrics;
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    // Non-mappings were already reported by the schema check.
    if ping.entries().is_empty() {
        return;
    }
    match (ping.entry("aggregation"), ping.entry("window")) {
        (Some(aggregation), Some(window)) => cx.report(
            Diagnostic::new(
                Rule::MisplacedKey,
                window.key_span,
                "a ping with both `window` and `aggregation`",
            )
            .label("window")
            .related(aggregation.key_span, "and aggregation")
            .help("remove `aggregation`: `weekly` is short for `window: week`"),
        ),
        (None, None) => cx.report(
            Diagnostic::new(
                Rule::MissingKey,
                ping.head(),
                "a ping needs `aggregation` or `window`",
            )
            .label("missing here")
            .help("add `aggregation: weekly`, or the windows: `window: [week, days_28]`"),
        ),
        _ => {}
    }
    let text = |key: &str| ping.get(key).and_then(Node::text);
    if text("aggregation") == Some("total") {
        let help = "remove it, or set the windows at the ping instead of `aggregation: total`";
        for node in with_windows(ping) {
            cx.misplaced(node, "window", "is not for the current state", help);
        }
    }
    if text("type") == Some("be_capture") {
        for metric in metrics(ping) {
            let windows = metric.get("window").or_else(|| ping.get("window"));
            let windows = windows.map_or(&[][..], Node::one_or_many);
            if windows.iter().any(|it| it.text() != Some("week")) {
                without_week(metric, cx);
            }
        }
    }
}

/// Reports the bounds of the week in SQL for other windows.
fn without_week(node: &Node<'_>, cx: &mut Context<'_>) {
    let bounds = [":week_start", ":week_end"];
    let text = node.text().unwrap_or_default();
    if let Some(bound) = bounds.into_iter().find(|bound| text.contains(bound)) {
        let message = format!("`{bound}` in a capture with other windows than the week");
        let help = "use `:window_start` and `:window_end`, the bounds of each window";
        cx.error(Rule::MisplacedWindow, node.span, message, help);
    }
    let entries = node.entries().iter();
    entries
        .filter(|entry| !entry.key.starts_with(OWN_KEYS))
        .map(|entry| &entry.value)
        .chain(node.items())
        .for_each(|it| without_week(it, cx));
}

/// Returns a ping and its metrics and funnels, which can have the key `window`.
pub(super) fn with_windows<'n>(ping: &'n Node<'n>) -> impl Iterator<Item = &'n Node<'n>> {
    std::iter::once(ping).chain(metrics(ping))
}
