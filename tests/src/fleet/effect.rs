//! The effect of a version on a code that it breaks.

use pings_model::{Version, VersionRange};

/// A break that the registry does not declare.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// The code.
    pub code: String,
    /// The versions that break the code.
    pub versions: VersionRange,
    /// The effect of these versions.
    pub effect: Effect,
}

/// The effect of a version on a code that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing is counted.
    Nothing,
    /// Half of the events are counted.
    Halved,
    /// Each event is counted twice.
    Doubled,
    /// The code is not sent.
    NotSent,
}

impl Break {
    /// Returns the factor by which a version counts a code.
    pub(crate) fn share(breaks: &[Self], code: &str, version: Version) -> f64 {
        let hits = breaks
            .iter()
            .filter(|it| it.code == code && it.versions.contains(version));
        hits.map(|it| match it.effect {
            Effect::Nothing | Effect::NotSent => 0.0,
            Effect::Halved => 0.5,
            Effect::Doubled => 2.0,
        })
        .product()
    }

    /// Returns whether a version sends the code.
    pub(crate) fn is_sent(breaks: &[Self], code: &str, version: Version) -> bool {
        !breaks.iter().any(|it| {
            it.code == code && it.effect == Effect::NotSent && it.versions.contains(version)
        })
    }
}
