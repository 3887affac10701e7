//! The data that is shown.

use pings_store::{Statistic, Usage};

/// The data that is shown.
pub(super) struct Shown<'s> {
    pub(super) usage: Usage,
    pub(super) title: &'s str,
    /// The statistic in the columns of groups and in the plot.
    pub(super) statistic: Statistic,
}
