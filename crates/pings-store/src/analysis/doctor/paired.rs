//! Compares an instance before and after an upgrade with the change of its own other codes.

use pings_model::{Aggregation, Version};

use super::observations::{Observations, Seen};
use crate::analysis::statistics::median;

/// The number of weeks before and after the upgrade that are compared.
const WEEKS: usize = 4;

/// The minimum number of weeks on each side.
const LEAST: usize = 2;

/// How many weeks before the upgrade the compared weeks may be.
const FAR: usize = 26;

/// The minimum total that an instance must have counted before, so that a decrease is meaningful.
const COUNTED: f64 = 5.0;

/// The minimum number of other codes for computing an expected change.
const OTHERS: usize = 3;

/// Changes below this logarithm are ignored.
const MOVED: f64 = 0.2;

/// An instance that upgraded to a version.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) instance: usize,
    pub(crate) weeks_before: Vec<usize>,
    pub(crate) weeks_after: Vec<usize>,
    /// The last version before the upgrade.
    pub(crate) from: Version,
    /// The weekly value before.
    pub(crate) before: f64,
    pub(crate) after: After,
    /// The logarithm of the change of the instance's other codes. If the code itself did not
    /// change, this is derived from the events only.
    pub(crate) others: f64,
    /// The logarithm of the change of the instance's events.
    pub(crate) events: Option<f64>,
}

/// The weekly value after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum After {
    NotSent,
    Failed,
    Value(f64),
}

/// Returns the instances that upgraded to a version from a good one.
pub(crate) fn pairs(
    seen: &Observations<'_>,
    code: usize,
    version: Version,
    is_well: &dyn Fn(Version) -> bool,
) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = (0..seen.instances.len())
        .filter_map(|instance| pair(seen, code, instance, version, is_well))
        .collect();
    if has_moved(seen.codes[code].adds_up, &pairs) {
        for pair in &mut pairs {
            pair.others = others(seen, code, pair);
        }
    }
    pairs
}

/// Returns whether a code changed at all, by itself or relative to the events. Comparing with all
/// other codes is expensive, and most codes do not change.
fn has_moved(adds_up: bool, pairs: &[Pair]) -> bool {
    let by = |expected: fn(&Pair) -> f64| {
        let changes = pairs.iter().map(|pair| match pair.after {
            After::Value(after) => moved(pair.before, after, adds_up) - expected(pair),
            After::NotSent | After::Failed => f64::NEG_INFINITY,
        });
        median(&mut changes.collect::<Vec<f64>>()).unwrap_or_default()
    };
    by(|_| 0.0).abs() > MOVED || by(|pair| pair.others).abs() > MOVED
}

fn pair(
    seen: &Observations<'_>,
    code: usize,
    instance: usize,
    version: Version,
    is_well: &dyn Fn(Version) -> bool,
) -> Option<Pair> {
    let of_week = |week: usize| seen.version(instance, week);
    let weeks_after: Vec<usize> = (0..seen.weeks)
        .filter(|week| of_week(*week) == Some(version))
        .take(WEEKS)
        .collect();
    let first = *weeks_after.first()?;
    let mut weeks_before: Vec<usize> = (first.saturating_sub(FAR)..first)
        .rev()
        .filter(|week| of_week(*week).is_some_and(|it| it < version && is_well(it)))
        .filter(|week| matches!(seen.seen(code, instance, *week), Seen::Value(_)))
        .take(WEEKS)
        .collect();
    weeks_before.reverse();
    if weeks_after.len() < LEAST || weeks_before.len() < LEAST {
        return None;
    }
    let before = mean(seen, code, instance, &weeks_before)?;
    let needed = if seen.codes[code].adds_up {
        COUNTED / weeks_before.len() as f64
    } else {
        f64::MIN_POSITIVE
    };
    if before < needed {
        return None;
    }
    let after = after(seen, code, instance, &weeks_after)?;
    let events = events(seen, instance, &weeks_before, &weeks_after);
    let others = without_others(seen, code, events);
    Some(Pair {
        instance,
        from: of_week(*weeks_before.last()?)?,
        before,
        after,
        others,
        events,
        weeks_before,
        weeks_after,
    })
}

fn after(seen: &Observations<'_>, code: usize, instance: usize, weeks: &[usize]) -> Option<After> {
    let all = |what: Seen| {
        weeks
            .iter()
            .all(|week| seen.seen(code, instance, *week) == what)
    };
    if all(Seen::NotSent) {
        return Some(After::NotSent);
    }
    match mean(seen, code, instance, weeks) {
        Some(value) => Some(After::Value(value)),
        None if all(Seen::Failed) => Some(After::Failed),
        None => None,
    }
}

/// Returns the mean over the weeks with a value, if there are enough of them.
fn mean(seen: &Observations<'_>, code: usize, instance: usize, weeks: &[usize]) -> Option<f64> {
    let values: Vec<f64> = weeks
        .iter()
        .filter_map(|week| match seen.seen(code, instance, *week) {
            Seen::Value(value) => Some(value),
            Seen::NotSent | Seen::Failed => None,
        })
        .collect();
    (values.len() >= LEAST).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Returns the logarithm of a change. Half an event is added on both sides, so that 0 has a
/// logarithm.
pub(crate) fn moved(before: f64, after: f64, adds_up: bool) -> f64 {
    let half = if adds_up { 0.5 / WEEKS as f64 } else { 1e-9 };
    ((after.max(0.0) + half) / (before.max(0.0) + half)).ln()
}

fn events(
    seen: &Observations<'_>,
    instance: usize,
    before: &[usize],
    after: &[usize],
) -> Option<f64> {
    let mean = |weeks: &[usize]| {
        let events = weeks
            .iter()
            .filter_map(|week| seen.reported(instance, *week))
            .map(|report| report.events);
        events.sum::<f64>() / weeks.len() as f64
    };
    let (before, after) = (mean(before), mean(after));
    (before >= COUNTED).then(|| moved(before, after, true))
}

/// Returns the expected change of a code if there are not enough other codes.
fn without_others(seen: &Observations<'_>, code: usize, events: Option<f64>) -> f64 {
    match seen.codes[code].aggregation() {
        Aggregation::Weekly => events.unwrap_or_default(),
        // Captures of the current state hardly change from week to week.
        Aggregation::Total => 0.0,
    }
}

/// Returns the median change of the instance's other codes with the same window.
fn others(seen: &Observations<'_>, code: usize, pair: &Pair) -> f64 {
    let this = &seen.codes[code];
    let (instance, before, after) = (pair.instance, &pair.weeks_before, &pair.weeks_after);
    let mut all: Vec<f64> = Vec::new();
    for (place, other) in seen.codes.iter().enumerate() {
        let is_trusted = |week: &usize| {
            let version = seen.version(instance, *week);
            version.is_some_and(|it| other.is_trusted(it))
        };
        if place == code
            || other.aggregation() != this.aggregation()
            || !before.iter().chain(after).all(is_trusted)
        {
            continue;
        }
        let Some(was) = mean(seen, place, instance, before) else {
            continue;
        };
        let needed = COUNTED / before.len() as f64;
        if other.adds_up && was < needed || was <= 0.0 {
            continue;
        }
        if let Some(is) = mean(seen, place, instance, after) {
            all.push(moved(was, is, other.adds_up));
        }
    }
    if this.aggregation() == Aggregation::Weekly {
        all.extend(pair.events);
    }
    if all.len() < OTHERS {
        return without_others(seen, code, pair.events);
    }
    median(&mut all).unwrap_or_default()
}
