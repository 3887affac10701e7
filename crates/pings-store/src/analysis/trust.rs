//! Determines whether values of a code from an origin are trusted, according to the newest
//! registry.

use pings_model::{Broken, Life, Registry, Trust, Version};

use crate::registry::origin::{NOT_RUNNING, UNKNOWN};

/// The versions that ran in a week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Versions {
    /// The released versions that can be parsed, in ascending order.
    pub known: Vec<Version>,
    /// Whether some events have no version that can be parsed.
    pub has_unknown: bool,
    /// Whether some events had one that has not been released.
    pub has_unreleased: bool,
    /// Whether the product did not run in the week.
    pub is_not_running: bool,
}

impl Versions {
    /// Returns the versions if all events had a released version.
    #[must_use]
    pub fn all_released(&self) -> Option<&[Version]> {
        (self.are_known() && !self.known.is_empty()).then_some(&self.known)
    }

    /// Parses versions in the store's notation: `3.35 3.36.1 ?`. The registry decides which have
    /// been released.
    #[must_use]
    pub fn read(text: &str, registry: &Registry) -> Self {
        let mut versions = Self::default();
        for version in text.split(' ') {
            match version.parse() {
                Ok(version) if registry.is_released(version) => versions.known.push(version),
                Ok(_) => versions.has_unreleased = true,
                Err(_) => {
                    versions.has_unknown |= version == UNKNOWN;
                    versions.is_not_running |= version == NOT_RUNNING;
                }
            }
        }
        versions.known.sort();
        versions
    }

    /// Returns the version if exactly one version ran.
    #[must_use]
    pub fn only(&self) -> Option<Version> {
        match self.known.as_slice() {
            [only] if self.are_known() => Some(*only),
            _ => None,
        }
    }

    /// Whether every event had a version that can be read and has been released.
    fn are_known(&self) -> bool {
        !self.has_unknown && !self.has_unreleased
    }
}

/// Whether values of a code from an origin are trusted, as in the view `trusts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label<'r> {
    /// The product did not run in the week.
    NotRunning,
    /// The registry of the origin is not registered with the store.
    UnknownRegistry,
    /// No version has the code.
    Absent,
    /// Each version that has the code is in a broken range.
    Broken(&'r Broken),
    /// Some versions that have the code are in a broken range.
    PartlyBroken(&'r Broken),
    /// Some events have a version that has not been released.
    Unreleased,
    /// Some events have no version that can be parsed.
    UnknownVersion,
    /// Some versions do not have the code.
    PartlyAbsent,
    /// The values are trusted.
    Trusted,
}

impl Label<'_> {
    /// Returns the name of the label in the store's views.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotRunning => "not_running",
            Self::UnknownRegistry => "unknown_registry",
            Self::Absent => "absent",
            Self::Broken(_) => "broken",
            Self::PartlyBroken(_) => "partly_broken",
            Self::Unreleased => "unreleased",
            Self::UnknownVersion => "unknown_version",
            Self::PartlyAbsent => "partly_absent",
            Self::Trusted => "trusted",
        }
    }
}

/// Returns the label for a code at an origin whose registry is known.
#[must_use]
pub fn label<'r>(life: Life<'r>, versions: &Versions) -> Label<'r> {
    if versions.is_not_running {
        return Label::NotRunning;
    }
    let (mut absent, mut broken, mut trusted) = (0, None, 0);
    for version in &versions.known {
        match life.trust(*version) {
            Trust::Absent(_) => absent += 1,
            Trust::Broken(by) => {
                broken.get_or_insert(by);
            }
            Trust::Trusted => trusted += 1,
        }
    }
    match broken {
        Some(by) if trusted == 0 && versions.are_known() => Label::Broken(by),
        Some(by) => Label::PartlyBroken(by),
        None if versions.has_unreleased => Label::Unreleased,
        None if versions.has_unknown || versions.known.is_empty() => Label::UnknownVersion,
        None if trusted == 0 => Label::Absent,
        None if absent > 0 => Label::PartlyAbsent,
        None => Label::Trusted,
    }
}
