//! The data of a series that is shown, and how it is described.

use pings_model::Period;
use pings_store::{Series, SeriesWeek, Together};
use serde_json::Value as Json;

use crate::output;

/// The data that is shown.
pub(super) struct Shown<'s> {
    pub(super) series: Series,
    pub(super) title: &'s str,
    /// Whether sums were divided by the number of trusted instances.
    pub(super) is_mean: bool,
}

impl Shown<'_> {
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

    /// Describes how the values of instances are combined. `trusted` is `trusted ` or empty, and
    /// says which instances are included.
    pub(super) fn over(&self, together: Together, trusted: &str) -> String {
        match together {
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
    let start = week.window.start().date();
    match week.window.period() {
        Period::Week => week.week.to_string(),
        Period::Day => start.to_string(),
        Period::Days28 => {
            let last = week.week.end().date().previous_day().unwrap_or(start);
            format!("28 days to {last}")
        }
        Period::Month => format!("{:04}-{:02}", start.year(), u8::from(start.month())),
    }
}

/// Returns a number as JSON, as an integer if possible.
pub(super) fn number(value: f64) -> Json {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        Json::from(value as i64)
    } else {
        Json::from(value)
    }
}
