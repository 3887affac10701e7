//! Lints, which find valid entries that are seldom intended. Each file contains one lint as a
//! function with the same signature.
//!
//! Lints run on a registry that passed all checks, so each element has the same index in the
//! registry and in the syntax tree. The tree is only searched for findings.

mod identity_leaves;
mod inexact_week;
mod levels;
mod missing_owner;
mod missing_purpose;
mod multiplying_join;
mod near_duplicate_codes;
mod near_duplicate_owners;
mod number_as_a_dimension;
mod removed_ping_still_fired;
mod soft_deletion;
mod suppression;
mod todo_in_considerations;
mod unbounded_string_argument;
mod unfixed_broken_range;
mod unique_count_over_total;
mod unused_event;
mod weekly_capture_without_week;

use pings_model::{Level, Lint, Registry};

pub use levels::{Levels, UnknownLint};

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::Node;

/// A valid entry that is seldom intended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The level of the finding.
    pub level: Level,
    /// The problem, its location and the help.
    pub diagnostic: Diagnostic<Lint>,
    /// The reason from the registry, if the finding is suppressed.
    pub suppressed: Option<String>,
}

/// The functions of all lints.
const LINTS: &[fn(&Subject<'_>, &mut Found)] = &[
    identity_leaves::find,
    inexact_week::find,
    missing_owner::find,
    missing_purpose::find,
    multiplying_join::find,
    near_duplicate_codes::find,
    near_duplicate_owners::find,
    number_as_a_dimension::find,
    removed_ping_still_fired::find,
    soft_deletion::find,
    todo_in_considerations::find,
    unbounded_string_argument::find,
    unfixed_broken_range::find,
    unique_count_over_total::find,
    unused_event::find,
    weekly_capture_without_week::find,
];

/// Returns all findings except those with the level `allow`, ordered by location. Suppressed
/// findings are included.
pub(crate) fn find(
    registry: &Registry,
    root: &Node<'_>,
    text: &str,
    levels: &Levels,
) -> Vec<Finding> {
    let subject = Subject {
        registry,
        text,
        events: root.get("events").map_or(&[], Node::entries),
        pings: root.get("pings").map_or(&[], Node::items),
    };
    let mut found = Found::default();
    for lint in LINTS {
        lint(&subject, &mut found);
    }
    let levels = levels::resolved(root, levels);
    let mut findings = suppression::apply(&subject, found);
    findings.retain_mut(|finding| {
        finding.level = levels(finding.diagnostic.rule);
        finding.level > Level::Allow
    });
    findings.sort_by_key(|finding| (finding.diagnostic.span, finding.diagnostic.rule));
    findings
}

/// The input of a lint: a registry and its syntax tree.
struct Subject<'a> {
    registry: &'a Registry,
    text: &'a str,
    events: &'a [crate::tree::Entry<'a>],
    pings: &'a [Node<'a>],
}

impl<'a> Subject<'a> {
    /// Returns the node of a ping.
    fn ping(&self, ping: usize) -> &'a Node<'a> {
        &self.pings[ping]
    }

    /// Returns the node of a metric or funnel.
    fn metric(&self, ping: usize, metric: usize) -> &'a Node<'a> {
        let items = |key| self.ping(ping).get(key).map_or(&[][..], Node::items);
        let metrics = items("metrics");
        metrics
            .get(metric)
            .or_else(|| items("funnels").get(metric - metrics.len()))
            .unwrap_or_else(|| self.ping(ping))
    }

    /// Returns the location of a dimension in a metric.
    fn dimension(&self, ping: usize, metric: usize, name: &str) -> Span {
        let metric = self.metric(ping, metric);
        let Some(by) = metric.get("by") else {
            return metric.head();
        };
        let listed = by
            .one_or_many()
            .iter()
            .find(|item| item.text() == Some(name));
        listed
            .map(|item| item.span)
            .or_else(|| by.entry(name).map(|entry| entry.key_span))
            .unwrap_or_else(|| by.head())
    }

    /// Returns the location of a key in a ping.
    fn in_ping(&self, ping: usize, key: &str) -> Span {
        at(self.ping(ping), key)
    }

    /// Returns the location of a key in a metric.
    fn in_metric(&self, ping: usize, metric: usize, key: &str) -> Span {
        at(self.metric(ping, metric), key)
    }
}

/// Returns the location of the value of a key, or of the mapping if the key is missing.
fn at(node: &Node<'_>, key: &str) -> Span {
    node.get(key).map_or_else(|| node.head(), Node::head)
}

/// An element of the registry that can suppress lints. A suppression at a ping also applies to all
/// metrics of the ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Site {
    Event(usize),
    Ping(usize),
    Metric(usize, usize),
}

/// The findings so far, each with the sites that can suppress it.
#[derive(Default)]
struct Found(Vec<(Diagnostic<Lint>, Vec<Site>)>);

impl Found {
    fn add(&mut self, site: Site, diagnostic: Diagnostic<Lint>) {
        self.0.push((diagnostic, vec![site]));
    }

    /// Adds a finding that can be suppressed at either of two sites.
    fn add_at_either(&mut self, sites: [Site; 2], diagnostic: Diagnostic<Lint>) {
        self.0.push((diagnostic, sites.to_vec()));
    }
}
