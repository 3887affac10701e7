//! Checks that the type, the aggregation and the keys of a ping are compatible.

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    let kind = ping.get("type").and_then(Node::text);
    let aggregation = ping.get("aggregation");
    if let Some(node) = aggregation
        && kind == Some("fe_event")
        && node.text() == Some("total")
    {
        let message = "an `fe_event` ping has no total";
        let help = "set `aggregation: weekly`: old events are pruned, so totals cannot be computed";
        cx.error(Rule::WrongMeasure, node.span, message, help);
    }
    if let Some(node) = aggregation
        && kind == Some("value")
        && node.text() == Some("total")
    {
        let message = "a `value` ping has no total";
        let help = "set `aggregation: weekly`: the last value before the end of the week counts";
        cx.error(Rule::WrongMeasure, node.span, message, help);
    }
    if let Some(entry) = ping.entry("window")
        && kind == Some("value")
        && entry
            .value
            .one_or_many()
            .iter()
            .any(|it| it.text() != Some("week"))
    {
        let message = "a `value` ping has no other window than the week";
        let help = "set `aggregation: weekly`: the last value before the end of the week counts";
        cx.error(Rule::WrongMeasure, entry.key_span, message, help);
    }
    if let Some(entry) = ping.entry("funnels")
        && kind == Some("value")
    {
        let message = "a `value` ping has no funnels";
        let help = "set `type: fe_event`, because funnels consist of events";
        cx.error(Rule::WrongMeasure, entry.key_span, message, help);
    }
    if let Some(entry) = ping.entry("funnels")
        && kind == Some("be_capture")
    {
        let message = "a `be_capture` ping has no funnels";
        let help = "set `type: fe_event`, because funnels consist of events";
        cx.error(Rule::WrongMeasure, entry.key_span, message, help);
    }
}
