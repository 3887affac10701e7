//! Checks that a ping or metric is broken or removed only in versions that have it, that a metric
//! is in its ping only while the ping is sent, and that broken ranges do not overlap.

use pings_model::{Version, VersionRange};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::metrics::metrics;
use crate::source::Span;
use crate::tree::Node;

pub(super) fn check(ping: &Node<'_>, cx: &mut Context<'_>) {
    let of_ping = Life::read(ping);
    of_ping.check("ping", &of_ping, &[], cx);
    for metric in metrics(ping) {
        let own = Life::read(metric);
        if own.is_empty() {
            continue;
        }
        own.check_within(&of_ping, cx);
        let whole = Life {
            added: own.added.or(of_ping.added),
            removed: own.removed.or(of_ping.removed),
            broken: Vec::new(),
        };
        own.check("metric", &whole, &of_ping.broken, cx);
    }
}

/// The versions that a ping or metric names, with their places.
struct Life {
    added: Option<(Version, Span)>,
    removed: Option<(Version, Span)>,
    broken: Vec<(VersionRange, Span)>,
}

impl Life {
    fn read(node: &Node<'_>) -> Self {
        let version = |key| {
            let node = node.get(key)?;
            Some((node.text()?.parse::<Version>().ok()?, node.span))
        };
        let broken = node.get("broken").map_or(&[][..], Node::items);
        let broken = broken.iter().filter_map(|item| item.get("versions"));
        Self {
            added: version("added"),
            removed: version("removed"),
            broken: broken
                .filter_map(|node| Some((node.text()?.parse().ok()?, node.span)))
                .collect(),
        }
    }

    fn is_empty(&self) -> bool {
        self.added.is_none() && self.removed.is_none() && self.broken.is_empty()
    }

    /// Reports versions of a metric in which its ping is not sent.
    fn check_within(&self, ping: &Self, cx: &mut Context<'_>) {
        if let (Some((added, span)), Some((first, place))) = (self.added, ping.added)
            && added < first
        {
            cx.report(
                outside(span, format!("added in {added}, before its ping"))
                    .related(place, format!("the ping was added in {first}"))
                    .help("a metric is sent with its ping: correct one of the two versions"),
            );
        }
        if let (Some((added, span)), Some((removed, place))) = (self.added, ping.removed)
            && added >= removed
        {
            cx.report(
                outside(
                    span,
                    format!("added in {added}, after its ping was removed"),
                )
                .related(place, format!("the ping was removed in {removed}"))
                .help("a metric is sent with its ping: correct one of the two versions"),
            );
        }
        if let (Some((removed, span)), Some((last, place))) = (self.removed, ping.removed)
            && removed > last
        {
            cx.report(
                outside(span, format!("removed in {removed}, after its ping"))
                    .related(place, format!("the ping was removed in {last}"))
                    .help("a metric is removed with its ping: remove this key"),
            );
        }
    }

    /// Reports versions that contradict each other, or those that `whole` says a ping or metric is
    /// sent by, and ranges that overlap each other or the `others`.
    fn check(
        &self,
        what: &str,
        whole: &Self,
        others: &[(VersionRange, Span)],
        cx: &mut Context<'_>,
    ) {
        if let (Some((added, first)), Some((removed, span))) = (whole.added, whole.removed)
            && removed <= added
            // A metric that was added after its ping was removed is reported by `check_within`.
            && self.removed.is_some()
        {
            cx.report(
                outside(span, format!("removed in {removed}, before it was added"))
                    .related(first, format!("added in {added}"))
                    .help(format!(
                        "`removed` is the first version that no longer sends the {what}"
                    )),
            );
        }
        for (at, (range, span)) in self.broken.iter().enumerate() {
            within_life(*range, *span, whole, cx);
            let mut earlier = others.iter().chain(&self.broken[..at]);
            if let Some((other, place)) = earlier.find(|(other, _)| other.overlaps(range)) {
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
}

fn outside(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Rule::OutsideLife, span, message)
}

fn within_life(range: VersionRange, span: Span, whole: &Life, cx: &mut Context<'_>) {
    if let Some((added, place)) = whole.added
        && range.first() < added
    {
        cx.report(
            outside(
                span,
                format!("broken in {}, before it was added", range.first()),
            )
            .related(place, format!("added in {added}"))
            .help(format!("start the range at {added}, or correct `added`")),
        );
    }
    if let Some((removed, place)) = whole.removed
        && (range.first() >= removed
            || range.key_after().is_some_and(|after| after > removed.key()))
    {
        cx.report(
            outside(span, format!("broken in {range}, after it was removed"))
                .related(place, format!("removed in {removed}"))
                .help(format!(
                    "end the range before {removed}, or correct `removed`"
                )),
        );
    }
}
