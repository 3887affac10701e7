//! The versions that a metric declares itself.

use pings_types::{Broken, Version};

/// The versions that a metric declares itself, in addition to those of its ping.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnLife {
    /// The first version that sends the metric, if the ping was sent before.
    pub added: Option<Version>,
    /// The first version that no longer sends the metric, if the ping is still sent.
    pub removed: Option<Version>,
    /// The version ranges in which this metric is wrong. They overlap neither each other nor the
    /// ranges of the ping.
    pub broken: Vec<Broken>,
    /// The pull requests that implemented the metric, if they differ from those of the ping.
    pub prs: Vec<u64>,
}

impl OwnLife {
    /// Returns whether the metric declares nothing itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
