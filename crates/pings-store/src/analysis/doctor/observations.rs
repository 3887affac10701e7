//! Observations of a fleet, by week and instance.

use pings_model::{Aggregation, Life, Ping, Registry, Source, Trust, Version};
use pings_payload::Week;

use crate::analysis::trust::Versions;
use crate::registry::measures::{Together, measures};

/// Observations of a fleet for finding breaks: a value for each code, instance and week.
pub struct Observations<'r> {
    pub(crate) first: Week,
    pub(crate) weeks: usize,
    /// The ids of the instances.
    pub(crate) instances: Vec<String>,
    /// The versions that were the only version in some week of an instance, in ascending order.
    pub(crate) versions: Vec<Version>,
    pub(crate) codes: Vec<Code<'r>>,
    reports: Vec<Option<Report>>,
}

/// A code and its observations.
pub(crate) struct Code<'r> {
    ping: &'r Ping,
    pub(crate) life: Life<'r>,
    pub(crate) code: &'r str,
    /// The measure that is examined.
    pub(crate) measure: String,
    pub(crate) adds_up: bool,
    /// The values of instances whose registry is known. NaN means that the code was not sent, and
    /// infinity that it failed.
    seen: Vec<f64>,
}

/// A week of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) version: Option<Version>,
    pub(crate) events: f64,
}

/// The observation of a code in a week that an instance reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
    NotSent,
    Failed,
    Value(f64),
}

impl<'r> Observations<'r> {
    /// Creates empty observations for the codes of a registry, and for the given instances and
    /// weeks.
    #[must_use]
    pub fn new(registry: &'r Registry, instances: Vec<String>, first: Week, weeks: usize) -> Self {
        let places = instances.len() * weeks;
        let codes = registry.metrics().map(|(ping, metric)| {
            let mut all = measures(metric);
            if matches!(metric.source, Source::Funnel(_)) {
                // The count over all steps: an instance that loses a step loses the later steps as
                // well.
                all.retain(|(name, _)| name == "count");
            }
            // Each metric has a measure.
            let main = all.into_iter().next();
            let (measure, together) = main.unwrap_or((String::new(), Together::Sum));
            Code {
                ping,
                life: ping.life(metric),
                code: &metric.code,
                measure,
                adds_up: together == Together::Sum,
                seen: vec![f64::NAN; places],
            }
        });
        Self {
            first,
            weeks,
            codes: codes.collect(),
            instances,
            versions: Vec::new(),
            reports: vec![None; places],
        }
    }

    /// Returns the examined measure of each code, and whether its groups add up.
    pub fn measures(&self) -> impl Iterator<Item = (&'r str, &str, bool)> {
        let codes = self.codes.iter();
        codes.map(|code| (code.code, code.measure.as_str(), code.adds_up))
    }

    /// Adds the report of an instance for a week, with the versions that ran and the number of
    /// events.
    pub fn report(&mut self, instance: usize, week: Week, versions: &Versions, events: f64) {
        let Some(place) = self.place(instance, week) else {
            return;
        };
        let version = versions.only();
        if let Some(version) = version
            && let Err(at) = self.versions.binary_search(&version)
        {
            self.versions.insert(at, version);
        }
        self.reports[place] = Some(Report { version, events });
    }

    /// Adds a value for the code at this index in [`Self::measures`].
    pub fn value(&mut self, code: usize, instance: usize, week: Week, value: f64) {
        if let Some(place) = self.place(instance, week)
            && value.is_finite()
        {
            self.codes[code].seen[place] = value;
        }
    }

    /// Adds a failure for the code at this index.
    pub fn failure(&mut self, code: usize, instance: usize, week: Week) {
        if let Some(place) = self.place(instance, week) {
            self.codes[code].seen[place] = f64::INFINITY;
        }
    }

    /// Adds a group of a code as a code of its own, and returns its index. The group has no value
    /// where the code was not measured.
    pub(crate) fn add_group(&mut self, code: usize, values: &[(usize, usize, f64)]) -> usize {
        let of_code = &self.codes[code];
        let zero = |seen: &f64| if seen.is_finite() { 0.0 } else { *seen };
        let mut seen: Vec<f64> = of_code.seen.iter().map(zero).collect();
        for (instance, week, value) in values {
            seen[instance * self.weeks + week] = *value;
        }
        let group = Code {
            measure: of_code.measure.clone(),
            seen,
            ..*of_code
        };
        self.codes.push(group);
        self.codes.len() - 1
    }

    /// Removes the group that was added last.
    pub(crate) fn remove_group(&mut self) {
        self.codes.pop();
    }

    /// Returns the index of a week.
    pub(crate) fn week_place(&self, week: Week) -> Option<usize> {
        self.place(0, week)
    }

    fn place(&self, instance: usize, week: Week) -> Option<usize> {
        let days = (week.start() - self.first.start()).whole_days();
        let week = usize::try_from(days / 7).ok().filter(|_| days >= 0)?;
        (week < self.weeks && instance < self.instances.len())
            .then_some(instance * self.weeks + week)
    }

    pub(crate) fn week(&self, week: usize) -> Week {
        self.first.forward(u32::try_from(week).unwrap_or(u32::MAX))
    }

    /// Returns the first week with a report.
    pub(crate) fn first_reported(&self) -> Week {
        let is_any = |week: &usize| {
            (0..self.instances.len()).any(|instance| self.reported(instance, *week).is_some())
        };
        self.week((0..self.weeks).find(is_any).unwrap_or_default())
    }

    pub(crate) fn reported(&self, instance: usize, week: usize) -> Option<&Report> {
        self.reports[instance * self.weeks + week].as_ref()
    }

    /// Returns the version of an instance's week, if there was only one.
    pub(crate) fn version(&self, instance: usize, week: usize) -> Option<Version> {
        self.reported(instance, week)?.version
    }

    pub(crate) fn seen(&self, code: usize, instance: usize, week: usize) -> Seen {
        match self.codes[code].seen[instance * self.weeks + week] {
            value if value.is_nan() => Seen::NotSent,
            value if value.is_infinite() => Seen::Failed,
            value => Seen::Value(value),
        }
    }
}

impl Code<'_> {
    pub(crate) fn is_trusted(&self, version: Version) -> bool {
        self.life.trust(version) == Trust::Trusted
    }

    pub(crate) fn aggregation(&self) -> Aggregation {
        self.ping.aggregation
    }
}
