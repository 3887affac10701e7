//! The data of a series that is shown, and how it is described.

pub(super) use pings_store::number;
use pings_store::{Estimate, EstimatedSeries, Per, Refusal, Series, SeriesWeek, Together};
use serde_json::Value as Json;

use crate::commands::store::entry;
use crate::commands::store::remarks::Remarks;
use crate::output;

/// The data that is shown.
pub(super) struct Shown<'s> {
    pub(super) series: Series,
    pub(super) title: &'s str,
    /// Whether sums were divided by the number of trusted instances.
    pub(super) is_mean: bool,
    /// Whether the values are the shares of the users who reached the first step of a funnel.
    pub(super) is_conversion: bool,
    /// The estimated totals, if requested.
    pub(super) estimates: Vec<EstimatedSeries>,
    /// The warning that the trusted instances changed.
    pub(super) warning: Option<String>,
    pub(super) remarks: Remarks,
}

impl Shown<'_> {
    /// Returns the estimate of a measure in a week, if estimates were requested.
    pub(super) fn estimate(
        &self,
        measure: &str,
        week: &SeriesWeek,
    ) -> Option<&Result<Estimate, Refusal>> {
        let series = self.estimates.iter().find(|it| it.measure == measure)?;
        series.of(week.week)
    }

    /// Returns the name of the measure that is shown where there is room for only one, and how its
    /// values are combined.
    pub(super) fn main(&self) -> (String, Together) {
        let main = self.series.measures.first();
        main.map_or((String::new(), Together::Sum), |(name, together)| {
            (output::measure(name), *together)
        })
    }

    /// Returns the main measure with its dimension: `count by kind`.
    pub(super) fn main_by(&self) -> String {
        let (name, _) = self.main();
        match &self.series.by {
            Some(by) => format!("{name} by {by}"),
            None => name,
        }
    }

    /// Returns the series as JSON, with the estimates and the warning.
    pub(super) fn json(&self) -> Json {
        let warning = self.warning.as_deref();
        self.series.json_with(self.per(), &self.estimates, warning)
    }

    /// Returns how the values were changed.
    pub(super) fn per(&self) -> Per {
        match (self.is_mean, self.is_conversion) {
            (true, _) => Per::Instance,
            (_, true) => Per::FirstStep,
            _ => Per::Fleet,
        }
    }

    /// Describes how the values of instances are combined. `trusted` is `trusted ` or empty, and
    /// says which instances are included.
    pub(super) fn over(&self, together: Together, trusted: &str) -> String {
        match together {
            _ if self.is_conversion => {
                format!("share of the users who reached step 1, over all {trusted}instances")
            }
            Together::Sum if self.is_mean => "per trusted instance".to_owned(),
            Together::Sum => format!("sum over {trusted}instances"),
            Together::Mean => format!("mean over {trusted}instances"),
            Together::Smallest => format!("minimum over {trusted}instances"),
            Together::Largest => format!("maximum over {trusted}instances"),
        }
    }
}

/// Returns the name of an entry of a series: its week, its day, the last day of its four weeks, or
/// its month.
pub(super) fn name(week: &SeriesWeek) -> String {
    entry::name(week.week, week.window)
}
