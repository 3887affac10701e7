//! Checks that enum values, and the pull requests, windows, owners and tags of a ping or metric, are not listed twice.

use std::collections::HashMap;

use super::windows::with_windows;
use crate::arguments::{item, levels};
use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::metrics::metrics;
use crate::syntax::RawRegistry;
use crate::tree::Node;

pub(super) fn check(raw: &RawRegistry<'_>, _: &Node<'_>, cx: &mut Context<'_>) {
    let arguments = raw.events.iter().flat_map(|part| levels(part.node));
    let columns = raw.tables.iter().map(|part| part.node.entries());
    let all_metrics = || raw.pings.iter().flat_map(|part| metrics(part.node));
    let selected = all_metrics().filter_map(|metric| Some(metric.get("columns")?.entries()));
    let entries = arguments.chain(columns).chain(selected).flatten();
    let set = all_metrics().filter_map(|metric| metric.get("value"));
    let declared = entries.map(|entry| item(&entry.value)).chain(set);
    let values = declared.filter_map(|node| match node.get("values") {
        Some(values) => values.get("list"),
        None => node.get("enum"),
    });
    let pings = raw.pings.iter().map(|part| part.node);
    let pull_requests = pings.flat_map(|ping| {
        let metrics = metrics(ping).filter_map(|metric| metric.get("prs"));
        ping.get("prs").into_iter().chain(metrics)
    });
    let pings = raw.pings.iter().flat_map(|part| with_windows(part.node));
    let windows = pings.filter_map(|it| it.get("window"));
    let pings = raw.pings.iter().map(|part| part.node);
    let people = pings.flat_map(|ping| {
        ["owners", "tags"]
            .into_iter()
            .filter_map(|key| ping.get(key))
    });
    for set in values.chain(pull_requests).chain(windows).chain(people) {
        let mut seen = HashMap::new();
        for value in set.items() {
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
