//! A funnel has two steps or more.

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::raw::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let funnels = raw
        .pings
        .iter()
        .filter_map(|part| part.node.get("funnels"))
        .flat_map(Node::items);
    for steps in funnels.filter_map(|funnel| funnel.get("steps")) {
        if let [step] = steps.items() {
            let help = "add the steps that follow, or make it a metric: `{ code: EventName }`";
            cx.error(Rule::ShortFunnel, step.head(), "a funnel of one step", help);
        }
    }
}
