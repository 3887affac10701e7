//! Checks that a funnel has at least two steps.

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    let funnels = ping.get("funnels").map(Node::items).unwrap_or_default();
    for steps in funnels.iter().filter_map(|funnel| funnel.get("steps")) {
        if let [step] = steps.items() {
            let help = "add further steps, or make it a metric: `{ code: EventName }`";
            cx.error(
                Rule::ShortFunnel,
                step.head(),
                "a funnel with a single step",
                help,
            );
        }
    }
}
