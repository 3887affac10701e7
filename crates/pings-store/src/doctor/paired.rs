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

/// What is less than that, as a logarithm, is no move.
const MOVED: f64 = 0.2;

/// An instance that took up a version.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) instance: usize,
    pub(crate) weeks_before: Vec<usize>,
    pub(crate) weeks_after: Vec<usize>,
    /// The newest version before.
    pub(crate) from: Version,
    /// What a week had before.
    pub(crate) before: f64,
    pub(crate) after: After,
    /// By how much its other codes moved, as a logarithm; where the code itself did not, only the
    /// events.
    pub(crate) others: f64,
    /// By how much its events did.
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

/// Whether a code moved at all, by itself or against the events. To ask all other codes takes
/// long, and most codes just go on.
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

/// By how much a code would move where no other codes say so.
fn without_others(seen: &Observations<'_>, code: usize, events: Option<f64>) -> f64 {
    match seen.codes[code].window() {
        Window::Weekly => events.unwrap_or_default(),
        // What stands in tables hardly moves from week to week.
        Window::Total => 0.0,
    }
}

/// By how much the instance's other codes of the same window moved, in the middle.
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
        all.extend(pair.events);
    }
    if all.len() < OTHERS {
        return without_others(seen, code, pair.events);
    }
    median(&mut all).unwrap_or_default()
}
