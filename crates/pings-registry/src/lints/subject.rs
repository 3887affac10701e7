//! The input of a lint, and the list of its findings.

use pings_model::{Level, Lint, Registry};

use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::{Entry, Node};

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

/// The input of a lint: a registry and its syntax tree.
pub(super) struct Subject<'a> {
    pub(super) registry: &'a Registry,
    pub(super) text: &'a str,
    /// The day on which the lints run, if the caller named it.
    pub(super) today: Option<&'a str>,
    pub(super) events: &'a [Entry<'a>],
    pub(super) pings: &'a [Node<'a>],
}

impl<'a> Subject<'a> {
    /// Returns the node of a ping.
    pub(super) fn ping(&self, ping: usize) -> &'a Node<'a> {
        &self.pings[ping]
    }

    /// Returns the node of a metric or funnel.
    pub(super) fn metric(&self, ping: usize, metric: usize) -> &'a Node<'a> {
        let items = |key| self.ping(ping).get(key).map_or(&[][..], Node::items);
        let metrics = items("metrics");
        metrics
            .get(metric)
            .or_else(|| items("funnels").get(metric - metrics.len()))
            .unwrap_or_else(|| self.ping(ping))
    }

    /// Returns the location of a dimension in a metric.
    pub(super) fn dimension(&self, ping: usize, metric: usize, name: &str) -> Span {
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
    pub(super) fn in_ping(&self, ping: usize, key: &str) -> Span {
        at(self.ping(ping), key)
    }

    /// Returns the key of a ping with its owners.
    pub(super) fn owners(&self, ping: usize) -> &'static str {
        match self.ping(ping).get("owners") {
            Some(_) => "owners",
            None => "owner",
        }
    }

    /// Returns the location of a key in a metric.
    pub(super) fn in_metric(&self, ping: usize, metric: usize, key: &str) -> Span {
        at(self.metric(ping, metric), key)
    }
}

/// Returns the location of the value of a key, or of the mapping if the key is missing.
pub(super) fn at(node: &Node<'_>, key: &str) -> Span {
    node.get(key).map_or_else(|| node.head(), Node::head)
}

/// An element of the registry that can suppress lints. A suppression at a ping also applies to all
/// metrics of the ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Site {
    Event(usize),
    Ping(usize),
    Metric(usize, usize),
}

/// The findings so far, each with the sites that can suppress it.
#[derive(Default)]
pub(super) struct Found(pub(super) Vec<(Diagnostic<Lint>, Vec<Site>)>);

impl Found {
    pub(super) fn add(&mut self, site: Site, diagnostic: Diagnostic<Lint>) {
        self.0.push((diagnostic, vec![site]));
    }

    /// Adds a finding that can be suppressed at either of two sites.
    pub(super) fn add_at_either(&mut self, sites: [Site; 2], diagnostic: Diagnostic<Lint>) {
        self.0.push((diagnostic, sites.to_vec()));
    }
}
