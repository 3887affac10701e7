//! Decides whether a version changed a code, based on the instances that upgraded to it.

use super::observations::Code;
use super::paired::{After, Pair, moved};
use crate::analysis::statistics::{error_of_median, median};

/// The minimum number of instances that must have upgraded to a version before it is judged.
pub(crate) const INSTANCES: usize = 8;

/// The minimum weekly total that these instances must have counted before.
const COUNTED: f64 = 40.0;

/// The minimum share of instances that no longer send a code, or fail at it.
const MOST: f64 = 0.8;

/// The factor below which a value counts as 0.
const NOTHING: f64 = 0.05;

/// The factor below which, or above whose inverse, a change is significant.
const JUMP: f64 = 0.67;

/// The minimum distance of a significant change from no change, in standard errors.
const ERRORS: f64 = 5.0;

/// The minimum share of instances that must have changed in the same direction.
const AGREEING: f64 = 0.7;

/// The kind of change in a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symptom {
    /// The code is no longer sent.
    NotSent,
    /// The code fails instead of being measured.
    Fails,
    /// The value falls to nothing.
    Nothing,
    /// The value is lower than before.
    Less,
    /// The value is higher than before.
    More,
}

impl Symptom {
    /// Returns the name that is used in answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::Fails => "fails",
            Self::Nothing => "nothing",
            Self::Less => "less",
            Self::More => "more",
        }
    }
}

/// The verdict on a version.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// There are not enough instances.
    Unknown,
    Well,
    Off(Off),
}

/// A change that a version caused.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Off {
    pub(crate) symptom: Symptom,
    /// The median factor by which the code changed.
    pub(crate) factor: f64,
    /// The number of instances that show the change.
    pub(crate) agreeing: usize,
}

/// Returns the verdict on a version.
pub(crate) fn verdict(code: &Code<'_>, pairs: &[Pair]) -> Verdict {
    let counted: f64 = pairs.iter().map(|pair| pair.before).sum();
    if pairs.len() < INSTANCES || code.adds_up && counted < COUNTED {
        return Verdict::Unknown;
    }
    for (after, symptom) in [
        (After::NotSent, Symptom::NotSent),
        (After::Failed, Symptom::Fails),
    ] {
        let agreeing = pairs.iter().filter(|pair| pair.after == after).count();
        if agreeing as f64 >= MOST * pairs.len() as f64 {
            return Verdict::Off(Off {
                symptom,
                factor: 0.0,
                agreeing,
            });
        }
    }
    let measured: Vec<(&Pair, f64)> = pairs
        .iter()
        .filter_map(|pair| match pair.after {
            After::Value(after) => Some((pair, after)),
            After::NotSent | After::Failed => None,
        })
        .collect();
    if measured.len() < INSTANCES {
        return Verdict::Unknown;
    }
    let expected = expected(&measured);
    let mut changes: Vec<f64> = measured
        .iter()
        .map(|(pair, after)| moved(pair.before, *after, code.adds_up) - expected(pair))
        .collect();
    let Some(middle) = median(&mut changes) else {
        return Verdict::Unknown;
    };
    let agreeing = |limit: f64| {
        let moved = changes
            .iter()
            .filter(|it| **it * limit.signum() > limit.abs());
        moved.count()
    };
    let is: f64 = measured.iter().map(|(_, after)| after).sum();
    let would: f64 = measured
        .iter()
        .map(|(pair, _)| pair.before * expected(pair).exp())
        .sum();
    let symptom = match middle {
        // First-time users decrease by themselves, because more and more users are already known.
        less if less < 0.0 && code.measure == "first_time_users" => return Verdict::Well,
        less if less < JUMP.ln() && is < NOTHING * would => Symptom::Nothing,
        less if less < JUMP.ln() => Symptom::Less,
        more if more > -JUMP.ln() => Symptom::More,
        _ => return Verdict::Well,
    };
    let agreeing = agreeing(middle.signum() * 1.2_f64.ln());
    // The error has a lower bound, because a few identical changes do not prove certainty.
    let error = error_of_median(&changes, middle).unwrap_or_default();
    let is_sure = middle.abs() > ERRORS * error.max(0.02)
        && agreeing as f64 >= AGREEING * changes.len() as f64;
    if !is_sure && symptom != Symptom::Nothing {
        return Verdict::Well;
    }
    let factor = match symptom {
        Symptom::Nothing => is / would,
        _ => middle.exp(),
    };
    Verdict::Off(Off {
        symptom,
        factor,
        agreeing,
    })
}

/// Returns the expected change of a code, which is the change of the other codes. If these all fall
/// while the events do not, the other codes are broken as well, and the change of the events is
/// used.
fn expected(measured: &[(&Pair, f64)]) -> impl Fn(&Pair) -> f64 + use<> {
    let mut apart: Vec<f64> = measured
        .iter()
        .filter_map(|(pair, _)| Some((pair.others - pair.events?).abs()))
        .collect();
    let is_by_events = apart.len() >= INSTANCES
        && median(&mut apart).is_some_and(|apart| apart > std::f64::consts::LN_2);
    move |pair| match pair.events {
        Some(events) if is_by_events => events,
        _ => pair.others,
    }
}
