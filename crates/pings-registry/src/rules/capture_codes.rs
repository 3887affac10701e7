//! Checks that no capture has the name of an event. Captures are stored in the event log under
//! their code and would count as the event.

use std::collections::HashMap;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::rules::codes::ping_codes;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let mut events = HashMap::new();
    for part in &raw.events {
        events.extend(part.entry.map(|entry| (part.name, entry.key_span)));
        let old = part
            .node
            .get("renamed_from")
            .map(Node::one_or_many)
            .unwrap_or_default();
        events.extend(
            old.iter()
                .filter_map(|node| Some((node.text()?, node.span))),
        );
    }
    for part in &raw.pings {
        if part.node.get("type").and_then(Node::text) != Some("be_capture") {
            continue;
        }
        for (code, span) in ping_codes(part.node) {
            if let Some(event) = events.get(code) {
                cx.report(
                    Diagnostic::new(
                        Rule::DuplicateEvent,
                        span,
                        format!("the capture `{code}` has the same name as an event"),
                    )
                    .label("the capture is logged under this name")
                    .related(*event, "and would be counted as this event")
                    .help("give the capture another code"),
                );
            }
        }
    }
}
