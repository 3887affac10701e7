//! Application of the suppressions in the registry, and detection of unused ones.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Level, Lint};

use super::subject::{Finding, Found, Site, Subject};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::Node;

/// An entry of `allow`.
struct Suppression<'a> {
    place: Span,
    reason: &'a str,
}

type Suppressions<'a> = BTreeMap<(Site, Lint), Suppression<'a>>;

/// Returns all findings, each with the reason if the registry suppresses it.
pub(super) fn apply(subject: &Subject<'_>, found: Found) -> Vec<Finding> {
    let suppressions = suppressions(subject);
    let mut used = BTreeSet::new();
    let mut findings: Vec<Finding> = found
        .0
        .into_iter()
        .map(|(diagnostic, sites)| finding(diagnostic, &sites, &suppressions, &mut used))
        .collect();
    let unused = |used: &BTreeSet<_>, of_itself: bool| {
        let is_unused = |key: &&(Site, Lint)| {
            !used.contains(*key) && (key.1 == Lint::UnusedSuppression) == of_itself
        };
        suppressions
            .keys()
            .filter(is_unused)
            .copied()
            .collect::<Vec<_>>()
    };
    // Suppressions of `unused-suppression` are checked last, because a suppression that hides
    // another unused suppression counts as used.
    for of_itself in [false, true] {
        for key in unused(&used, of_itself) {
            let diagnostic = unneeded(key.1, suppressions[&key].place);
            findings.push(finding(diagnostic, &[key.0], &suppressions, &mut used));
        }
    }
    findings
}

fn finding(
    diagnostic: Diagnostic<Lint>,
    sites: &[Site],
    suppressions: &Suppressions<'_>,
    used: &mut BTreeSet<(Site, Lint)>,
) -> Finding {
    let mut suppressed = None;
    for site in sites {
        let around = match site {
            Site::Metric(ping, _) => Some(Site::Ping(*ping)),
            Site::Event(_) | Site::Ping(_) => None,
        };
        for site in std::iter::once(*site).chain(around) {
            let key = (site, diagnostic.rule);
            if let Some(suppression) = suppressions.get(&key) {
                // A suppression of `unused-suppression` must not suppress the finding about itself.
                if suppression.place != diagnostic.span {
                    used.insert(key);
                    suppressed.get_or_insert_with(|| suppression.reason.to_owned());
                }
            }
        }
    }
    Finding {
        level: Level::Warn,
        diagnostic,
        suppressed,
    }
}

fn unneeded(lint: Lint, place: Span) -> Diagnostic<Lint> {
    let message = format!("`{}` finds nothing here", lint.name());
    Diagnostic::new(Lint::UnusedSuppression, place, message)
        .label("this suppression is unused")
        .help("remove it, so that it does not hide later findings")
}

fn suppressions<'a>(subject: &Subject<'a>) -> Suppressions<'a> {
    let mut suppressions = BTreeMap::new();
    let mut add = |site, node: &'a Node<'a>| {
        for entry in node.get("allow").map_or(&[][..], Node::entries) {
            if let (Some(lint), Some(reason)) = (Lint::named(&entry.key), entry.value.text()) {
                let place = entry.key_span;
                suppressions.insert((site, lint), Suppression { place, reason });
            }
        }
    };
    for (id, event) in subject.events.iter().enumerate() {
        add(Site::Event(id), &event.value);
    }
    for (at, ping) in subject.pings.iter().enumerate() {
        add(Site::Ping(at), ping);
        let metrics = ["metrics", "funnels"]
            .into_iter()
            .filter_map(|key| ping.get(key));
        for (metric, node) in metrics.flat_map(Node::items).enumerate() {
            add(Site::Metric(at, metric), node);
        }
    }
    suppressions
}
