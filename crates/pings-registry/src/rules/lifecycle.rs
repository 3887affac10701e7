//! Checks that a ping is broken or removed only in versions that have it, and that broken ranges do
//! not overlap.

use pings_model::{Version, VersionRange};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Span;
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    let version = |key| {
        let node = ping.get(key)?;
        Some((node.text()?.parse::<Version>().ok()?, node.span))
    };
    let added = version("added");
    let removed = version("removed");
    if let (Some((added, first)), Some((removed, span))) = (added, removed)
        && removed <= added
    {
        cx.report(
            Diagnostic::new(
                Rule::OutsideLife,
                span,
                format!("removed in {removed}, before it was added"),
            )
            .related(first, format!("added in {added}"))
            .help("`removed` is the first version that no longer sends the ping"),
        );
    }
    let broken: Vec<(VersionRange, Span)> = ping
        .get("broken")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|item| item.get("versions"))
        .filter_map(|node| Some((node.text()?.parse().ok()?, node.span)))
        .collect();
    for (at, (range, span)) in broken.iter().enumerate() {
        within_life(*range, *span, added, removed, cx);
        let overlapping = broken[..at].iter().find(|(other, _)| other.overlaps(range));
        if let Some((other, place)) = overlapping {
            cx.report(
                Diagnostic::new(
                    Rule::OverlappingRanges,
                    *span,
                    format!("{range} and {other} overlap"),
                )
                .label("this range")
                .related(*place, "and this range")
                .help("list each version only once: split the ranges, or merge them with both reasons"),
            );
        }
    }
}

fn within_life(
    range: VersionRange,
    span: Span,
    added: Option<(Version, Span)>,
    removed: Option<(Version, Span)>,
    cx: &mut Context<'_>,
) {
    if let Some((added, place)) = added
        && range.first() < added
    {
        cx.report(
            Diagnostic::new(
                Rule::OutsideLife,
                span,
                format!("broken in {}, before it was added", range.first()),
            )
            .related(place, format!("added in {added}"))
            .help(format!("start the range at {added}, or correct `added`")),
        );
    }
    if let Some((removed, place)) = removed
        && (range.first() >= removed
            || range.key_after().is_some_and(|after| after > removed.key()))
    {
        cx.report(
            Diagnostic::new(
                Rule::OutsideLife,
                span,
                format!("broken in {range}, after it was removed"),
            )
            .related(place, format!("removed in {removed}"))
            .help(format!(
                "end the range before {removed}, or correct `removed`"
            )),
        );
    }
}
