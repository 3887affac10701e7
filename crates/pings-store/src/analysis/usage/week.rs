//! How instances use a metric in a window.

use std::collections::BTreeMap;

use pings_payload::Week;

use super::spread::Spread;
use crate::analysis::cohort::Cohort;

/// How instances use a metric in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageWeek {
    /// The week that sent the values, or the last of them.
    pub week: Week,
    /// The name of the entry: `2021-W04`, `2021-01-25`, `28 days to 2021-01-31`, `2021-01` or
    /// `2021-Q1`.
    pub name: String,
    /// The first instant of the window, and the first instant after it.
    pub borders: [String; 2],
    /// Whether the fleet had time to send the week.
    pub is_complete: bool,
    /// The number of instances with a value, trusted or not.
    pub measured: u64,
    /// The values of trusted instances.
    pub spread: Spread,
    /// The values of trusted instances by group, in the order of the groups.
    pub groups: Vec<(Cohort, Spread)>,
}

/// The value of an instance in a window.
pub(super) struct Measured {
    pub(super) instance: i64,
    pub(super) is_trusted: bool,
    pub(super) value: f64,
    pub(super) cohort: Option<Cohort>,
}

impl UsageWeek {
    /// Creates an entry from the values of instances. `name` is its name with its borders.
    pub(super) fn of(
        week: Week,
        (name, borders): (String, [String; 2]),
        is_complete: bool,
        values: Vec<Measured>,
        adds_up: bool,
    ) -> Self {
        let measured = values.len() as u64;
        let (mut all, mut groups) = (Vec::new(), BTreeMap::<Cohort, Vec<f64>>::new());
        for value in values.into_iter().filter(|value| value.is_trusted) {
            all.push(value.value);
            if let Some(cohort) = value.cohort {
                groups.entry(cohort).or_default().push(value.value);
            }
        }
        let groups = groups.into_iter();
        Self {
            week,
            name,
            borders,
            is_complete,
            measured,
            spread: Spread::of(all, adds_up),
            groups: groups
                .map(|(cohort, values)| (cohort, Spread::of(values, adds_up)))
                .collect(),
        }
    }
}
