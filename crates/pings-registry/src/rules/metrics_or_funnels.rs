//! A ping has metrics or funnels, not both and not neither.

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::raw::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    for part in &raw.pings {
        match (part.node.entry("metrics"), part.node.entry("funnels")) {
            (Some(metrics), Some(funnels)) => cx.report(
                Diagnostic::new(
                    Rule::MetricsOrFunnels,
                    funnels.key_span,
                    "a ping with both metrics and funnels",
                )
                .label("funnels")
                .related(metrics.key_span, "and metrics")
                .help("make two pings of it: one tells numbers, the other a way through steps"),
            ),
            // What is no ping at all has been said to be none.
            (None, None) if !part.node.entries().is_empty() => cx.report(
                Diagnostic::new(
                    Rule::MetricsOrFunnels,
                    part.node.head(),
                    "a ping without a number",
                )
                .label("in this one")
                .help("say what it sends: `metrics: [{ code: EventName }]`, or `funnels`"),
            ),
            _ => {}
        }
    }
}
