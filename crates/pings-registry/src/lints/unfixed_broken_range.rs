//! Finds broken ranges without a fix that started more than two releases ago.

use pings_model::{Broken, Lint, Registry, Version};

use super::subject::{Found, Site, Subject, at};
use crate::diagnostic::Diagnostic;
use crate::tree::Node;

/// The number of releases in which a fix is expected.
const PATIENCE: usize = 2;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let releases = releases(subject.registry);
    for (place, ping) in subject.registry.pings().iter().enumerate() {
        let of_ping = OfPart {
            site: Site::Ping(place),
            node: subject.ping(place),
            name: &ping.id,
            what: "ping",
        };
        of_ping.find(&ping.broken, &releases, found);
        for (at, metric) in ping.metrics.iter().enumerate() {
            if metric.own_life.broken.is_empty() {
                continue;
            }
            let of_metric = OfPart {
                site: Site::Metric(place, at),
                node: subject.metric(place, at),
                name: &metric.code,
                what: "metric",
            };
            of_metric.find(&metric.own_life.broken, &releases, found);
        }
    }
}

/// A ping or metric with broken ranges.
struct OfPart<'a> {
    site: Site,
    node: &'a Node<'a>,
    name: &'a str,
    what: &'static str,
}

impl OfPart<'_> {
    fn find(&self, broken: &[Broken], releases: &[[u32; 2]], found: &mut Found) {
        for (nth, broken) in broken.iter().enumerate() {
            if broken.versions.last().is_some() || broken.fix.is_some() {
                continue;
            }
            let first = release(broken.versions.first());
            let later = &releases[releases.partition_point(|it| *it <= first)..];
            let Some(newest) = later.last().filter(|_| later.len() > PATIENCE) else {
                continue;
            };
            let node = self.node.get("broken");
            let node = node.and_then(|node| node.items().get(nth));
            let span = node.map_or_else(|| self.node.head(), |node| at(node, "versions"));
            let message = format!(
                "`{}` has been broken since {} and is still unfixed {} releases later",
                self.name,
                broken.versions.first(),
                later.len(),
            );
            let diagnostic = Diagnostic::new(Lint::UnfixedBrokenRange, span, message)
                .label(format!("the registry already mentions {}.{}", newest[0], newest[1]))
                .help("fix it, then set `fix` to the pull request and end the range with the last broken version")
                .help(format!("or remove the {}: `removed`", self.what));
            found.add(self.site, diagnostic);
        }
    }
}

/// Returns the first two numbers of a version.
fn release(version: Version) -> [u32; 2] {
    let [major, minor, ..] = version.key();
    [major, minor]
}

/// Returns all releases that the registry mentions, sorted.
fn releases(registry: &Registry) -> Vec<[u32; 2]> {
    let mut releases: Vec<_> = registry
        .metrics()
        .flat_map(|(ping, metric)| ping.life(metric).versions())
        .map(release)
        .collect();
    releases.sort_unstable();
    releases.dedup();
    releases
}
