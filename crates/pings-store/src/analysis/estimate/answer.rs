//! Estimates, and the reasons why there is none.

use std::fmt;

/// A total over all instances that reported a week, and its interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The total: the trusted values and the estimated ones.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// The share of the total that consists of trusted values, between 0 and 1.
    pub observed: f64,
    /// The number of instances with a trusted value.
    pub trusted: u64,
    /// The number of instances with an estimated value.
    pub estimated: u64,
}

/// The growth from one week to another, and its interval of 95 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Growth {
    /// The growth: 0.1 for 10 % more.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

/// The sums over the instances that are trusted in both weeks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Matched {
    /// The number of instances.
    pub instances: u64,
    /// The sum in the first week.
    pub from: f64,
    /// The sum in the last week.
    pub to: f64,
}

impl Matched {
    /// Returns the growth of the sum, if it was not 0.
    #[must_use]
    pub fn growth(&self) -> Option<f64> {
        (self.from > 0.0).then(|| self.to / self.from - 1.0)
    }
}

/// The reason why a week has no estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// No instance reported a value, trusted or not.
    Nothing,
    /// Most instances have not sent the week yet.
    Incomplete,
    /// No instance is trusted.
    NoTrusted,
    /// Too few instances connect the week with other weeks.
    NoOverlap,
    /// A small share of the total consists of trusted values.
    LittleObserved(f64),
    /// A large share of the total belongs to instances that were never trusted.
    Newcomers(f64),
    /// The trusted values are those of few instances.
    FewInstances(f64),
    /// The interval is wide.
    Uncertain {
        /// The upper end of the interval divided by the total, minus 1.
        width: f64,
        /// The share of the total that consists of trusted values.
        observed: f64,
    },
    /// Some values are negative, which the model does not allow.
    Negative,
    /// The total of the first week is 0, so that there is no growth.
    Zero,
}

/// The minimum share of a total that must consist of trusted values.
pub(super) const OBSERVED: f64 = 0.1;

/// How far the upper end of an interval may be from its total, relative to the total.
pub(super) const WIDTH: f64 = 0.3;

/// The maximum share of a total for instances that were never trusted.
pub(super) const NEVER_TRUSTED: f64 = 0.25;

/// The minimum effective number of trusted instances.
pub(super) const INSTANCES: f64 = 8.0;

impl Refusal {
    /// Returns the name that is used in JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing_reported",
            Self::Incomplete => "incomplete",
            Self::NoTrusted => "none_trusted",
            Self::NoOverlap => "no_overlap",
            Self::LittleObserved(_) => "little_observed",
            Self::Newcomers(_) => "newcomers",
            Self::FewInstances(_) => "few_instances",
            Self::Uncertain { .. } => "uncertain",
            Self::Negative => "negative",
            Self::Zero => "zero",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |share: f64| (share * 100.0).round();
        match self {
            Self::Nothing => f.write_str("no instance reported a value"),
            Self::Incomplete => f.write_str("most instances have not sent the week yet"),
            Self::NoTrusted => f.write_str("no instance is trusted"),
            Self::NoOverlap => {
                f.write_str("too few instances are trusted both in this week and in others")
            }
            Self::LittleObserved(share) => write!(
                f,
                "trusted values are only {} % of the total, and {} % are needed",
                percent(*share),
                percent(OBSERVED)
            ),
            Self::Newcomers(share) => write!(
                f,
                "instances that were never trusted have {} % of the total, and at most {} % are allowed",
                percent(*share),
                percent(NEVER_TRUSTED)
            ),
            Self::FewInstances(count) => write!(
                f,
                "the trusted values are worth {count:.1} instances of equal size, and {INSTANCES} are needed"
            ),
            Self::Uncertain { width, .. } => write!(
                f,
                "the total may be {} % higher, and at most {} % are allowed",
                percent(*width),
                percent(WIDTH)
            ),
            Self::Negative => f.write_str("some values are negative"),
            Self::Zero => f.write_str("the total is 0"),
        }
    }
}
