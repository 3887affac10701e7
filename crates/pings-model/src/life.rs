//! The versions that send a metric, and those that send wrong data.

use pings_types::{Broken, Trust, Version};

use crate::{Metric, OwnLife, Ping};

/// The versions that send a metric, and those that send wrong data, by its own declarations and
/// those of its ping.
///
/// `added` and `removed` of the metric replace those of the ping. `broken` of the metric adds to
/// the ranges of the ping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Life<'r> {
    ping: &'r Ping,
    own: &'r OwnLife,
}

impl Ping {
    /// Returns the life of a metric of this ping.
    #[must_use]
    pub fn life<'r>(&'r self, metric: &'r Metric) -> Life<'r> {
        Life {
            ping: self,
            own: &metric.own_life,
        }
    }
}

impl<'r> Life<'r> {
    /// Returns the first version that sends the metric.
    #[must_use]
    pub fn added(self) -> Version {
        self.own.added.unwrap_or(self.ping.added)
    }

    /// Returns the first version that no longer sends the metric.
    #[must_use]
    pub fn removed(self) -> Option<Version> {
        self.own.removed.or(self.ping.removed)
    }

    /// Returns the ranges in which the metric is wrong: those of the ping that include a version
    /// that sends the metric, then its own.
    pub fn broken(self) -> impl Iterator<Item = &'r Broken> + Clone {
        let (added, removed) = (self.added().key(), self.removed().map(Version::key));
        let is_sent = move |broken: &&Broken| {
            let range = broken.versions;
            range.key_after().is_none_or(|after| after > added)
                && removed.is_none_or(|removed| range.first().key() < removed)
        };
        let ranges = self.ping.broken.iter().chain(&self.own.broken);
        ranges.filter(is_sent)
    }

    /// Returns whether the values that instances of this version send can be trusted.
    #[must_use]
    pub fn trust(self, version: Version) -> Trust<'r> {
        Trust::at(version, self.added(), self.removed(), self.broken())
    }

    /// Returns whether instances of this version send the metric.
    #[must_use]
    pub fn is_sent_by(self, version: Version) -> bool {
        !matches!(self.trust(version), Trust::Absent(_))
    }

    /// Returns the versions that the metric or its ping mentions.
    pub fn versions(self) -> impl Iterator<Item = Version> {
        let ranges = self.broken().map(|broken| broken.versions);
        let ends = ranges.flat_map(|range| [Some(range.first()), range.last()]);
        let of_ping = [Some(self.ping.added), self.ping.removed];
        let own = [self.own.added, self.own.removed];
        ends.chain(of_ping).chain(own).flatten()
    }
}
