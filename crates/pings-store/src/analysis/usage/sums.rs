//! Adds the values of the windows of a month or quarter.

use std::collections::{BTreeMap, HashMap};

use pings_model::Span;
use pings_payload::Week;

use super::parts::{named, place};
use super::week::{Measured, UsageWeek};
use crate::analysis::cohort::Cohort;

/// The sums of the periods that have begun.
pub(super) struct Sums {
    months: i32,
    periods: BTreeMap<i32, Sum>,
}

/// The sums of a period.
#[derive(Default)]
struct Sum {
    /// The last week of which the sum has a value.
    week: Option<Week>,
    /// The number of windows.
    windows: u32,
    begins: bool,
    ends: bool,
    is_complete: bool,
    instances: HashMap<i64, OfInstance>,
}

/// The sum of an instance.
struct OfInstance {
    value: f64,
    /// The number of windows with a trusted value.
    trusted: u32,
    cohort: Option<Cohort>,
}

impl Sums {
    pub(super) fn new(months: i32) -> Self {
        Self {
            months,
            periods: BTreeMap::new(),
        }
    }

    /// Adds the values of a window, which a week sent.
    pub(super) fn add(
        &mut self,
        week: Week,
        window: Span,
        is_complete: bool,
        values: Vec<Measured>,
    ) {
        let (period, begins, ends) = place(window, self.months);
        let sum = self.periods.entry(period).or_default();
        sum.week = Some(week);
        sum.windows += 1;
        sum.begins |= begins;
        sum.ends |= ends;
        sum.is_complete = is_complete;
        for measured in values {
            let of = sum.instances.entry(measured.instance);
            let of = of.or_insert_with(|| OfInstance {
                value: 0.0,
                trusted: 0,
                cohort: measured.cohort.clone(),
            });
            of.value += measured.value;
            of.trusted += u32::from(measured.is_trusted);
            of.cohort = match (of.cohort.take(), measured.cohort) {
                (Some(Cohort::Version(one)), Some(Cohort::Version(other))) if one != other => {
                    Some(Cohort::Mixed)
                }
                (Some(Cohort::Mixed), _) => Some(Cohort::Mixed),
                // The size is that of the last week.
                (_, last) => last,
            };
        }
    }

    /// Returns the entries. A period whose first window is missing is left out.
    pub(super) fn entries(self, adds_up: bool) -> Vec<UsageWeek> {
        let months = self.months;
        let periods = self.periods.into_iter().filter(|(_, sum)| sum.begins);
        let entries = periods.filter_map(|(period, sum)| {
            let (name, borders) = named(period, months);
            let windows = sum.windows;
            let values = sum.instances.into_iter().map(|(instance, of)| Measured {
                instance,
                is_trusted: of.trusted == windows,
                value: of.value,
                cohort: of.cohort,
            });
            let is_complete = sum.is_complete && sum.ends;
            let name = (name, borders);
            Some(UsageWeek::of(
                sum.week?,
                name,
                is_complete,
                values.collect(),
                adds_up,
            ))
        });
        entries.collect()
    }
}
