//! Whether a value is trusted, based on the version that sent it.

use serde::{Deserialize, Serialize};

use crate::version::Version;
use crate::version_range::VersionRange;

/// Whether the data of a metric can be trusted at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// The version does not send the metric.
    Absent(Absence),
    /// The version sends wrong data.
    Broken(&'a Broken),
    /// The version sends the data that the page describes.
    Trusted,
}

/// The reason why a version does not send a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Absence {
    /// The version is older than the metric.
    NotYetAdded,
    /// The version is newer than the last version that sent the metric.
    Removed,
}

/// A broken range: versions that send wrong data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broken {
    /// The affected versions.
    pub versions: VersionRange,
    /// The problem with the data of these versions.
    pub reason: Option<String>,
    /// The pull request that fixed the data.
    pub fix: Option<u64>,
}

impl<'a> Trust<'a> {
    /// Returns whether the data that instances of this version send can be trusted, for a
    /// metric that was added and removed in these versions and is broken in these ranges.
    #[must_use]
    pub fn at(
        version: Version,
        added: Version,
        removed: Option<Version>,
        broken: impl IntoIterator<Item = &'a Broken>,
    ) -> Self {
        if version < added {
            return Self::Absent(Absence::NotYetAdded);
        }
        if removed.is_some_and(|removed| version >= removed) {
            return Self::Absent(Absence::Removed);
        }
        broken
            .into_iter()
            .find(|broken| broken.versions.contains(version))
            .map_or(Self::Trusted, Self::Broken)
    }
}
