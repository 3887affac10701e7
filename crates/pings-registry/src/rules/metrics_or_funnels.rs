//! Checks that a ping has either metrics or funnels.

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    match (ping.entry("metrics"), ping.entry("funnels")) {
        (Some(metrics), Some(funnels)) => cx.report(
            Diagnostic::new(
                Rule::MetricsOrFunnels,
                funnels.key_span,
                "a ping with both metrics and funnels",
            )
            .label("funnels")
            .related(metrics.key_span, "and metrics")
            .help("make two pings: one with the metrics, one with the funnels"),
        ),
        // Non-mappings were already reported by the schema check.
        (None, None) if !ping.entries().is_empty() => cx.report(
            Diagnostic::new(
                Rule::MetricsOrFunnels,
                ping.head(),
                "a ping without metrics or funnels",
            )
            .label("missing here")
            .help("add `metrics: [{ code: EventName }]`, or `funnels`"),
        ),
        _ => {}
    }
}
