//! The data that is shown.

use pings_model::Period;
use pings_store::{Statistic, Usage, UsagePeriod, UsageWeek};

use crate::commands::store::remarks::Remarks;

/// The data that is shown.
pub(super) struct Shown<'s> {
    pub(super) usage: Usage,
    pub(super) title: &'s str,
    pub(super) remarks: Remarks,
    /// The statistic in the columns of groups and in the plot.
    pub(super) statistic: Statistic,
}

impl Shown<'_> {
    /// Returns the time whose notes an entry has.
    pub(super) fn borders(&self, week: &UsageWeek) -> [String; 2] {
        match self.usage.window {
            UsagePeriod::Window(Period::Days28 | Period::AllTime) => week.week.borders(),
            _ => week.borders.clone(),
        }
    }
}
