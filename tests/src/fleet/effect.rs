//! What a version does to a code that it breaks.

use pings_model::{Version, VersionRange};

/// A breakage that the registry does not know of.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// The code.
    pub code: String,
    /// The versions.
    pub versions: VersionRange,
    /// What they do.
    pub effect: Effect,
}

/// What a version does to a code that it breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing is counted any more.
    Nothing,
    /// One of two is counted.
    Halved,
    /// Everything is counted twice.
    Doubled,
    /// The code is not sent.
    NotSent,
}

impl Break {
    /// How much of a code a version counts.
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

    /// Whether a version sends the code.
    pub(crate) fn is_sent(breaks: &[Self], code: &str, version: Version) -> bool {
        !breaks.iter().any(|it| {
            it.code == code && it.effect == Effect::NotSent && it.versions.contains(version)
        })
    }
}
