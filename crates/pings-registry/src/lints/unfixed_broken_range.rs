//! Finds broken ranges without a fix that started more than two releases ago.

use pings_model::{Lint, Registry, Version};

use super::subject::{Found, Site, Subject, at};
use crate::diagnostic::Diagnostic;

/// The number of releases in which a fix is expected.
const PATIENCE: usize = 2;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let releases = releases(subject.registry);
    for (place, ping) in subject.registry.pings().iter().enumerate() {
        for (nth, broken) in ping.broken.iter().enumerate() {
            if broken.versions.last().is_some() || broken.fix.is_some() {
                continue;
            }
            let first = release(broken.versions.first());
            let later = &releases[releases.partition_point(|it| *it <= first)..];
            let Some(newest) = later.last().filter(|_| later.len() > PATIENCE) else {
                continue;
            };
            let node = subject
                .ping(place)
                .get("broken")
                .and_then(|node| node.items().get(nth));
            let span = node.map_or_else(|| subject.ping(place).head(), |node| at(node, "versions"));
            let message = format!(
                "`{}` has been broken since {} and is still unfixed {} releases later",
                ping.id,
                broken.versions.first(),
                later.len(),
            );
            let diagnostic = Diagnostic::new(Lint::UnfixedBrokenRange, span, message)
                .label(format!("the registry already mentions {}.{}", newest[0], newest[1]))
                .help("fix it, then set `fix` to the pull request and end the range with the last broken version")
                .help("or remove the ping: `removed`");
            found.add(Site::Ping(place), diagnostic);
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
        .pings()
        .iter()
        .flat_map(|ping| {
            let ranges = ping.broken.iter().map(|broken| broken.versions);
            let ends = ranges.flat_map(|range| [Some(range.first()), range.last()]);
            [Some(ping.added), ping.removed].into_iter().chain(ends)
        })
        .flatten()
        .map(release)
        .collect();
    releases.sort_unstable();
    releases.dedup();
    releases
}
