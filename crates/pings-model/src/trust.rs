//! Whether a value is trusted, based on the version that sent it.

use crate::{Broken, Ping, Version};

/// Whether the data of a ping can be trusted at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// The version does not send the ping.
    Absent(Absence),
    /// The version sends wrong data.
    Broken(&'a Broken),
    /// The version sends the data that the page describes.
    Trusted,
}

/// The reason why a version does not send a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The version is older than the ping.
    NotYetAdded,
    /// The version is newer than the last version that sent the ping.
    Removed,
}

impl Ping {
    /// Returns whether the data that instances of this version send can be trusted.
    #[must_use]
    pub fn trust(&self, version: Version) -> Trust<'_> {
        if version < self.added {
            return Trust::Absent(Absence::NotYetAdded);
        }
        if self.removed.is_some_and(|removed| version >= removed) {
            return Trust::Absent(Absence::Removed);
        }
        self.broken
            .iter()
            .find(|broken| broken.versions.contains(version))
            .map_or(Trust::Trusted, Trust::Broken)
    }
}
