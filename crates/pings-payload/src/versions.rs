//! The versions of a payload, of which a store takes a limited number.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Period, Version};

use crate::{Payload, Windowed};

impl Payload {
    /// The most versions of a payload. A store refuses more of them.
    pub const VERSIONS: usize = 50;

    /// Counts the rarest versions as unknown ones if there are more than [`Payload::VERSIONS`]. The
    /// newest version stays. A version without events counts as one event, so that the week is known
    /// to have an unknown version.
    pub fn fold_versions(&mut self) {
        let newest = self.versions.keys().next_back().copied();
        let folded = fold(&mut self.versions, |version, events| {
            (Some(version) == newest, events)
        });
        self.unversioned = self.unversioned.saturating_add(folded);
        self.windows.iter_mut().for_each(fold_window);
    }

    /// Carries the versions of an earlier revision of the week over, as far as there is room for
    /// them. If both have a version, the higher number of events counts.
    pub fn keep_versions(&mut self, before: &Self) {
        let own: BTreeSet<Version> = self.versions.keys().copied().collect();
        for (version, events) in &before.versions {
            let known = self.versions.entry(*version).or_default();
            *known = (*known).max(*events);
        }
        let folded = fold(&mut self.versions, |version, events| {
            (own.contains(&version), events)
        });
        // The events of these versions may be among the unknown ones already.
        self.unversioned = self.unversioned.max(before.unversioned).max(folded);
        self.version = self.versions.keys().next_back().copied();
        for window in &mut self.windows {
            // The total of all time is counted again, with its versions, which are never pruned.
            if window.span.period() == Period::AllTime {
                continue;
            }
            if let Some(before) = before.windows.iter().find(|it| it.span == window.span) {
                window.versions.extend(&before.versions);
                window.has_unversioned |= before.has_unversioned;
                fold_window(window);
            }
        }
    }
}

/// Counts the oldest versions of a window as unknown ones if there are too many.
fn fold_window(window: &mut Windowed) {
    while window.versions.len() > Payload::VERSIONS {
        window.versions.pop_first();
        window.has_unversioned = true;
    }
}

/// Removes the versions with the lowest rank from a map of too many versions, the older of two
/// first, and returns how many events they count.
fn fold<R: Ord>(versions: &mut BTreeMap<Version, u64>, rank: impl Fn(Version, u64) -> R) -> u64 {
    if versions.len() <= Payload::VERSIONS {
        return 0;
    }
    let mut ranked: Vec<(Version, u64)> =
        versions.iter().map(|(it, count)| (*it, *count)).collect();
    ranked.sort_by_key(|(version, events)| Reverse((rank(*version, *events), *version)));
    let rarest = ranked.split_off(Payload::VERSIONS);
    rarest.iter().fold(0, |sum, (version, events)| {
        versions.remove(version);
        sum.saturating_add((*events).max(1))
    })
}

#[cfg(test)]
mod tests {
    use crate::Payload;
    use crate::tests::{read, sample};

    /// A payload with that many events of each version.
    fn with(versions: impl IntoIterator<Item = (u32, u64)>) -> Payload {
        let versions = versions.into_iter();
        let versions =
            versions.map(|(minor, events)| (format!("1.{minor}").parse().unwrap(), events));
        Payload {
            versions: versions.collect(),
            unversioned: 0,
            ..read(&sample()).unwrap()
        }
    }

    fn minors(payload: &Payload) -> Vec<u32> {
        payload.versions.keys().map(|it| it.key()[1]).collect()
    }

    #[test]
    fn the_rarest_versions_are_folded() {
        let mut payload = with((1..=60).map(|minor| (minor, u64::from(100 - minor))));
        payload.fold_versions();
        // The newest is the rarest, and stays.
        let kept: Vec<u32> = (1..50).chain([60]).collect();
        assert_eq!(minors(&payload), kept);
        assert_eq!(
            payload.unversioned,
            (50..60).map(|minor| 100 - minor).sum::<u64>()
        );
        let folded = payload.clone();
        payload.fold_versions();
        assert_eq!(payload, folded);
    }

    #[test]
    fn versions_without_events_leave_a_trace() {
        let mut payload = with((1..=52).map(|minor| (minor, u64::from(minor > 10))));
        payload.fold_versions();
        assert_eq!((payload.versions.len(), payload.unversioned), (50, 2));
        assert_eq!(minors(&payload)[0], 3);
        let mut few = with((1..=50).map(|minor| (minor, 0)));
        few.fold_versions();
        assert_eq!((few.versions.len(), few.unversioned), (50, 0));
    }

    #[test]
    fn a_revision_keeps_as_many_versions_as_there_is_room_for() {
        let mut before = with((1..=60).map(|minor| (minor, 7)));
        before.fold_versions();
        let mut same = before.clone();
        same.keep_versions(&before);
        assert_eq!(
            same,
            Payload {
                version: same.version,
                ..before.clone()
            }
        );
        // A version that was folded has more events now, and pushes another one out.
        let mut after = with((1..=60).map(|minor| (minor, if minor == 1 { 9 } else { 7 })));
        after.fold_versions();
        let own = minors(&after);
        after.keep_versions(&before);
        assert_eq!(minors(&after), own);
        assert_eq!(after.unversioned, 70);
        let kept = after.clone();
        after.keep_versions(&before);
        assert_eq!(after, kept);
        // Versions whose events were pruned stay where there is room.
        let mut pruned = with([(70, 3)]);
        pruned.keep_versions(&before);
        assert_eq!(pruned.versions.len(), 50);
        assert_eq!((minors(&pruned)[49], pruned.unversioned), (70, 70));
    }
}
