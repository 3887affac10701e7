//! No value of a set is listed twice.

use std::collections::HashMap;

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::raw::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let arguments = raw.events.iter().filter_map(|part| part.node.get("args"));
    let columns = raw.tables.iter().map(|part| part.node);
    for entry in arguments.chain(columns).flat_map(Node::entries) {
        let mut seen = HashMap::new();
        for value in entry.value.get("enum").map(Node::items).unwrap_or_default() {
            let Some(text) = value.text() else { continue };
            if let Some(first) = seen.insert(text, value.span) {
                cx.report(
                    Diagnostic::new(
                        Rule::DuplicateValue,
                        value.span,
                        format!("`{text}` is listed twice"),
                    )
                    .label("again here")
                    .related(first, "first here")
                    .help("remove one"),
                );
            }
        }
    }
}
