//! Pairs of instances that report equal weeks: one event log is counted under two ids.

use std::collections::{BTreeMap, BTreeSet};

use pings_payload::Week;

use super::observations::{Observations, Seen};

/// The minimum number of equal weeks.
const WEEKS: usize = 4;

/// The minimum number of distinct event counts in these weeks. Unused instances report equal weeks
/// without being copies.
const DIFFERENT: usize = 3;

/// The minimum number of events in a week.
const EVENTS: f64 = 10.0;

/// If more instances than this have the same number of events in a week, they are not compared.
const CROWD: usize = 20;

/// The relative tolerance between fractions that two databases computed.
const TOLERANCE: f64 = 1e-9;

/// Two instances that report equal weeks, for example because an event log was copied to another
/// database without the id of its instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Twins {
    /// The ids of the instances.
    pub instances: [String; 2],
    /// The weeks in which both are equal.
    pub weeks: Vec<Week>,
}

/// Returns the pairs of instances that report equal weeks.
pub(crate) fn twins(seen: &Observations<'_>) -> Vec<Twins> {
    let mut pairs: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
    for week in 0..seen.weeks {
        let mut by_events: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for instance in 0..seen.instances.len() {
            if let Some(events) = events(seen, instance, week).filter(|it| *it >= EVENTS) {
                by_events
                    .entry(events.to_bits())
                    .or_default()
                    .push(instance);
            }
        }
        for alike in by_events.into_values().filter(|it| it.len() <= CROWD) {
            for (place, one) in alike.iter().enumerate() {
                for other in &alike[place + 1..] {
                    if are_equal(seen, *one, *other, week) {
                        pairs.entry((*one, *other)).or_default().push(week);
                    }
                }
            }
        }
    }
    let twins = pairs.into_iter().filter_map(|((one, other), equal)| {
        let both = |week: &usize| {
            seen.reported(one, *week).is_some() && seen.reported(other, *week).is_some()
        };
        let common = (0..seen.weeks).filter(both).count();
        let numbers: BTreeSet<u64> = equal
            .iter()
            .filter_map(|week| Some(events(seen, one, *week)?.to_bits()))
            .collect();
        let are_twins =
            equal.len() >= WEEKS && numbers.len() >= DIFFERENT && equal.len() * 2 >= common;
        are_twins.then(|| Twins {
            instances: [one, other].map(|it| seen.instances[it].clone()),
            weeks: equal.iter().map(|week| seen.week(*week)).collect(),
        })
    });
    twins.collect()
}

fn events(seen: &Observations<'_>, instance: usize, week: usize) -> Option<f64> {
    seen.reported(instance, week).map(|report| report.events)
}

/// Returns whether all codes that both instances measured have equal values, and at least one is
/// not 0.
fn are_equal(seen: &Observations<'_>, one: usize, other: usize, week: usize) -> bool {
    let mut is_any = false;
    for code in 0..seen.codes.len() {
        if let (Seen::Value(a), Seen::Value(b)) =
            (seen.seen(code, one, week), seen.seen(code, other, week))
        {
            if (a - b).abs() > TOLERANCE * a.abs().max(b.abs()) {
                return false;
            }
            is_any |= a != 0.0;
        }
    }
    is_any
}
