//! The answer to a series query.

use std::collections::HashMap;

use pings_model::Period;
use serde_json::Value as Json;

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

impl Series {
    /// Returns the values of the dimension: those with the largest sums first, or the steps of a
    /// funnel in their order.
    #[must_use]
    pub fn dimension_values(&self) -> Vec<Json> {
        let mut sums: Vec<(Json, f64)> = Vec::new();
        let mut places: HashMap<String, usize> = HashMap::new();
        for group in self.weeks.iter().flat_map(|week| &week.groups) {
            let value = group.values.first().copied().flatten().unwrap_or_default();
            let place = *places.entry(group.value.to_string()).or_insert(sums.len());
            match sums.get_mut(place) {
                Some((_, sum)) => *sum += value,
                None => sums.push((group.value.clone(), value)),
            }
        }
        if self.by.as_deref() == Some("step") {
            sums.sort_by_key(|(it, _)| it.as_i64());
        } else {
            sums.sort_by(|one, other| other.1.total_cmp(&one.1));
        }
        sums.into_iter().map(|(value, _)| value).collect()
    }
}
