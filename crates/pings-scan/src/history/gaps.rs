//! Releases in which a ping counted too little.

use std::collections::BTreeMap;

use pings_model::{EventId, Ping, Registry, Trust, Version};

use crate::ranges::runs;
use crate::report::{counting, events_of};
use crate::tags::Release;

/// The call sites of an event in each release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The event.
    pub event: EventId,
    /// The number of call sites in each release.
    pub sites: Vec<usize>,
}

impl Presence {
    /// Returns the ranges of releases in which the event was fired, as first and last index.
    #[must_use]
    pub fn stretches(&self) -> Vec<(usize, usize)> {
        runs((0..self.sites.len()).filter(|place| self.sites[*place] > 0))
    }
}

/// Releases in which a ping counted an event that nothing fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The ping.
    pub ping: String,
    /// The events.
    pub events: Vec<EventId>,
    /// The versions, in the syntax of `broken`.
    pub versions: String,
    /// Whether one of the events was fired again in a later release.
    pub came_back: bool,
}

/// Returns the ranges of releases in which a ping exists and one of its events is not fired,
/// although a metric that counts the event is declared as sent and not as broken.
///
/// The ranges of a ping do not overlap, so that each can become an entry of `broken`.
pub(super) fn gaps(registry: &Registry, releases: &[Release], events: &[Presence]) -> Vec<Gap> {
    // An event that was never fired is a finding of the scan without releases.
    let fired = |presence: &Presence| presence.sites.iter().any(|sites| *sites > 0);
    let mut counted: BTreeMap<usize, Vec<&Presence>> = BTreeMap::new();
    for (presence, pings) in events.iter().zip(counting(registry)) {
        for ping in pings.into_iter().filter(|_| fired(presence)) {
            counted.entry(ping).or_default().push(presence);
        }
    }
    let of_ping = |(ping, presences): (usize, Vec<&Presence>)| {
        let ping = &registry.pings()[ping];
        let is_missing = |presence: &Presence, release: usize| {
            presence.sites[release] == 0
                && is_counted(ping, presence.event, releases[release].version)
        };
        let missing = (0..releases.len())
            .filter(|release| presences.iter().any(|it| is_missing(it, *release)));
        let gap = |(first, last): (usize, usize)| {
            let of_gap = |it: &&&Presence| (first..=last).any(|release| is_missing(it, release));
            let missing: Vec<_> = presences.iter().filter(of_gap).collect();
            Gap {
                ping: ping.id.clone(),
                events: missing.iter().map(|it| it.event).collect(),
                versions: versions(ping, releases, first, last),
                came_back: missing
                    .iter()
                    .any(|it| it.sites[last + 1..].iter().any(|sites| *sites > 0)),
            }
        };
        // A gap has the same events in all of its releases.
        let of_release = |release: usize| -> Vec<bool> {
            let missing = presences.iter().map(|it| is_missing(it, release));
            missing.collect()
        };
        let same = |(first, last): (usize, usize)| {
            let releases: Vec<usize> = (first..=last).collect();
            let stretches = releases.chunk_by(|one, next| of_release(*one) == of_release(*next));
            let ends = stretches.filter_map(|it| Some((*it.first()?, *it.last()?)));
            ends.collect::<Vec<_>>()
        };
        let runs = runs(missing).into_iter().flat_map(same);
        runs.map(gap).collect::<Vec<Gap>>()
    };
    counted.into_iter().flat_map(of_ping).collect()
}

/// Returns whether a metric of the ping that is trusted at a version counts an event.
fn is_counted(ping: &Ping, event: EventId, version: Version) -> bool {
    ping.metrics.iter().any(|metric| {
        events_of(metric).contains(&event) && ping.life(metric).trust(version) == Trust::Trusted
    })
}

/// Returns whether instances with that version send a metric of the ping.
fn exists(ping: &Ping, version: Version) -> bool {
    let mut metrics = ping.metrics.iter();
    metrics.any(|metric| ping.life(metric).is_sent_by(version))
}

/// Returns `3.31.0-3.35.0`, or a range without an end if no later release sends the ping.
fn versions(ping: &Ping, releases: &[Release], first: usize, last: usize) -> String {
    let begin = releases[first].version;
    let follows = releases[last + 1..]
        .iter()
        .any(|release| exists(ping, release.version));
    match (follows, first == last) {
        (false, _) => format!("{begin}+"),
        (true, true) => begin.to_string(),
        (true, false) => format!("{begin}-{}", releases[last].version),
    }
}
