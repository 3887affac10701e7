//! Whether a version moved a code on the instances that took it up.

use super::observations::Code;
use super::paired::{After, Pair, moved};
use crate::statistics::{error_of_median, median};

/// How many instances must have taken up a version before anything is said of it.
pub(crate) const INSTANCES: usize = 8;

/// How much they must have counted in a week before.
const COUNTED: f64 = 40.0;

/// Which part of them must no longer send a code, or fail at it.
const MOST: f64 = 0.8;

/// What is less than that is nothing.
const NOTHING: f64 = 0.05;

/// What is less than that, or more than its inverse, is a jump.
const JUMP: f64 = 0.67;

/// How many standard errors a jump must be away from none.
const ERRORS: f64 = 5.0;

/// Which part of the instances must have moved that way.
const AGREEING: f64 = 0.7;

/// What has become of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symptom {
    /// It is no longer sent.
    NotSent,
    /// It is no longer measured, but fails.
    Fails,
    /// Its value falls to nothing.
    Nothing,
    /// It is less than it was.
    Less,
    /// It is more.
    More,
}

impl Symptom {
    /// Its name in answers.
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

/// What the instances say that took up a version.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// There are not enough of them.
    Unknown,
    Well,
    Off(Off),
}

/// What is off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Off {
    pub(crate) symptom: Symptom,
    /// By what it is multiplied, in the middle.
    pub(crate) factor: f64,
    /// How many of the instances say so.
    pub(crate) agreeing: usize,
}

/// What they say.
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
        // They become fewer by themselves, as those who are there become known.
        less if less < 0.0 && code.measure == "first_time_users" => return Verdict::Well,
        less if less < JUMP.ln() && is < NOTHING * would => Symptom::Nothing,
        less if less < JUMP.ln() => Symptom::Less,
        more if more > -JUMP.ln() => Symptom::More,
        _ => return Verdict::Well,
    };
    let agreeing = agreeing(middle.signum() * 1.2_f64.ln());
    // However alike they are: a deviation of nothing proves nothing.
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

/// By how much a code would have moved: as the other codes did. Where those all fall while the
/// events do not, they are broken too, and the events say it.
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
