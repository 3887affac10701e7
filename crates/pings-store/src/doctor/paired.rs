//! An instance before and after it took up a version, against its own other codes.

use pings_model::{Version, Window};

use super::observations::{Observations, Seen};
use crate::statistics::median;

/// How many weeks before and after are looked at.
const WEEKS: usize = 4;

/// How many there must be on either side.
const LEAST: usize = 2;

/// How far back the weeks before may lie.
const FAR: usize = 26;

/// What an instance must have counted before, so that less means something.
const COUNTED: f64 = 5.0;

/// How many other codes must move with it to be a measure for it.
const OTHERS: usize = 3;

/// An instance that took up a version.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) weeks_before: Vec<usize>,
    pub(crate) weeks_after: Vec<usize>,
    /// The newest version before.
    pub(crate) from: Version,
    /// What a week had before.
    pub(crate) before: f64,
    pub(crate) after: After,
    /// The logarithms of by how much its other codes moved, and its events.
    pub(crate) others: f64,
    pub(crate) events: Option<f64>,
}

/// What a week had after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum After {
    NotSent,
    Failed,
    Value(f64),
}

/// The instances that took up a version, after another that was well.
pub(crate) fn pairs(
    seen: &Observations<'_>,
    code: usize,
    version: Version,
    is_well: &dyn Fn(Version) -> bool,
) -> Vec<Pair> {
    (0..seen.instances.len())
        .filter_map(|instance| pair(seen, code, instance, version, is_well))
        .collect()
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
    let others = others(seen, code, instance, (&weeks_before, &weeks_after), events);
    Some(Pair {
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

/// The mean of the weeks that have a value, if enough have one.
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

/// By how much a number moved, as a logarithm; half an event for nothing.
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

/// By how much the instance's other codes of the same window moved, in the middle.
fn others(
    seen: &Observations<'_>,
    code: usize,
    instance: usize,
    (before, after): (&[usize], &[usize]),
    events: Option<f64>,
) -> f64 {
    let this = &seen.codes[code];
    let mut all: Vec<f64> = Vec::new();
    for (place, other) in seen.codes.iter().enumerate() {
        let is_trusted = |week: &usize| {
            let version = seen.version(instance, *week);
            version.is_some_and(|it| other.is_trusted(it))
        };
        if place == code
            || other.window() != this.window()
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
    if this.window() == Window::Weekly {
        all.extend(events);
    }
    if all.len() < OTHERS {
        return match this.window() {
            Window::Weekly => events.unwrap_or_default(),
            // What stands in tables hardly moves from week to week.
            Window::Total => 0.0,
        };
    }
    median(&mut all).unwrap_or_default()
}
