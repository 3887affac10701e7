//! The answer to a series query.

use pings_model::Period;

use super::week::SeriesWeek;
use crate::registry::measures::Together;

/// The values of a code, week by week.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The code.
    pub code: String,
    /// The window of the values.
    pub window: Period,
    /// The measures of the code, the main one first, and how the values of instances are combined.
    pub measures: Vec<(String, Together)>,
    /// The dimension by which the values are grouped.
    pub by: Option<String>,
    /// Whether the values of several groups of an instance are combined, so that a user who is in
    /// several groups is counted in each.
    pub merges_groups: bool,
    /// The weeks, without gaps. Seven entries of a week are its days; of months, only the weeks in
    /// which a month ended are there.
    pub weeks: Vec<SeriesWeek>,
}
