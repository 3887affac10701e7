//! Whether to believe a number, decided by the version that sent it.

use crate::{Broken, Ping, Version};

/// Whether the data of a ping is to be believed at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// The version does not send it.
    Absent(Absence),
    /// The version sends something wrong.
    Broken(&'a Broken),
    /// The version sends what the page says.
    Trusted,
}

/// Why a version does not send a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is older than the ping.
    NotYetAdded,
    /// It is newer than the ping's last version.
    Removed,
}

impl Ping {
    /// Whether to believe what instances of that version send.
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
