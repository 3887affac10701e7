//! A week of a series: its instances and its values.

use std::collections::BTreeMap;

use pings_model::{Broken, Registry};
use pings_payload::{FailureKind, Week};
use serde_json::Value as Json;

/// A week of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesWeek {
    /// The week.
    pub week: Week,
    /// The window of the values.
    pub window: pings_model::Span,
    /// Whether the fleet had time to send the week. The values of an incomplete week cover only the
    /// instances that have sent it.
    pub is_complete: bool,
    /// The number of instances by their state.
    pub instances: Instances,
    /// The values over trusted instances.
    pub values: Values,
    /// The values over all instances, if requested.
    pub all: Option<Values>,
    /// The values grouped by the dimension.
    pub groups: Vec<Group>,
}

/// The values for a value of a dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The value of the dimension.
    pub value: Json,
    /// The values over trusted instances.
    pub values: Values,
    /// The values over all instances, if requested.
    pub all: Option<Values>,
}

/// Values in the order of the measures. A missing value is `None`, and not 0.
pub type Values = Vec<Option<f64>>;

/// The number of instances by their state in a week.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Instances {
    /// Trusted, with a measurement.
    pub trusted: u64,
    /// Not trusted, by the broken range.
    pub broken: Vec<(Broken, u64)>,
    /// Upgraded within the week from or to a broken version, by the broken range.
    pub partly_broken: Vec<(Broken, u64)>,
    /// Trusted, but the measurement failed, by the kind of failure.
    pub failed: BTreeMap<FailureKind, u64>,
    /// Trusted, but without the code in the payload, because it is switched off.
    pub without: u64,
    /// At a version that does not have the code.
    pub absent: u64,
    /// Upgraded within the week from or to a version that does not have the code.
    pub partly_absent: u64,
    /// At a version that has not been released.
    pub unreleased: u64,
    /// At a version that cannot be parsed.
    pub unknown_version: u64,
    /// With a registry that is not registered with the store.
    pub unknown_registry: u64,
    /// Reported that the product did not run in the week.
    pub not_running: u64,
    /// Known, but did not report the week.
    pub silent: u64,
}

impl Instances {
    /// Returns the number of broken instances over all ranges.
    #[must_use]
    pub fn all_broken(&self) -> u64 {
        self.broken.iter().map(|(_, count)| count).sum()
    }

    /// Returns the number of partly broken instances over all ranges.
    #[must_use]
    pub fn all_partly_broken(&self) -> u64 {
        self.partly_broken.iter().map(|(_, count)| count).sum()
    }

    /// Returns the number of failed instances over all kinds of failures.
    #[must_use]
    pub fn all_failed(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Returns the number of known instances.
    #[must_use]
    pub fn known(&self) -> u64 {
        self.reported() + self.silent
    }

    /// Returns the number of instances that reported the week.
    #[must_use]
    pub fn reported(&self) -> u64 {
        self.trusted
            + self.all_broken()
            + self.all_partly_broken()
            + self.all_failed()
            + self.without
            + self.absent
            + self.partly_absent
            + self.unreleased
            + self.unknown_version
            + self.unknown_registry
            + self.not_running
    }

    /// Returns the number of instances that reported and have the code, but are not trusted.
    #[must_use]
    pub fn untrusted(&self) -> u64 {
        self.all_broken()
            + self.all_partly_broken()
            + self.unreleased
            + self.unknown_version
            + self.unknown_registry
    }

    /// Returns the share of untrusted instances among those that reported and have the code.
    #[must_use]
    pub fn untrusted_share(&self) -> f64 {
        let untrusted = self.untrusted();
        let has_it = untrusted + self.trusted + self.all_failed();
        match has_it {
            0 => 0.0,
            has_it => untrusted as f64 / has_it as f64,
        }
    }
}

/// The payloads that a query covers.
#[derive(Clone, Copy)]
pub(crate) struct Span<'r> {
    pub(crate) registry: &'r Registry,
    /// The first and the last week.
    pub(crate) weeks: (Week, Week),
}

impl Span<'_> {
    /// Returns the weeks in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = Week> + use<> {
        let (first, last) = self.weeks;
        (0..)
            .map(move |week| first.forward(week))
            .take_while(move |week| *week <= last)
    }
}
