//! What is known of a fleet, week by week and instance by instance.

use pings_model::{Ping, Registry, Source, Trust, Version, Window};
use pings_payload::Week;

use crate::measures::{Together, measures};
use crate::trust::Versions;

/// What is known of a fleet, as the search for what is broken wants it: one number of each code,
/// instance and week.
pub struct Observations<'r> {
    pub(crate) first: Week,
    pub(crate) weeks: usize,
    /// Their ids.
    pub(crate) instances: Vec<String>,
    /// The versions that the only one of some week was, in order.
    pub(crate) versions: Vec<Version>,
    pub(crate) codes: Vec<Code<'r>>,
    reports: Vec<Option<Report>>,
}

/// A code, and what was seen of it.
pub(crate) struct Code<'r> {
    pub(crate) ping: &'r Ping,
    pub(crate) code: &'r str,
    /// The measure that is looked at.
    pub(crate) measure: String,
    pub(crate) adds_up: bool,
    /// Of instances whose registry is known; not sent is not a number, and failed infinite.
    seen: Vec<f64>,
}

/// A week of an instance.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) version: Option<Version>,
    pub(crate) events: f64,
}

/// What was seen of a code in a week that an instance reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
    NotSent,
    Failed,
    Value(f64),
}

impl<'r> Observations<'r> {
    /// Nothing yet, of a registry's codes, of these instances and so many weeks.
    #[must_use]
    pub fn new(registry: &'r Registry, instances: Vec<String>, first: Week, weeks: usize) -> Self {
        let places = instances.len() * weeks;
        let codes = registry.metrics().map(|(ping, metric)| {
            let mut all = measures(metric);
            if matches!(metric.source, Source::Funnel(_)) {
                // Of all steps: who loses one of them loses what comes after.
                all.retain(|(name, _)| name == "count");
            }
            // Every metric measures something.
            let main = all.into_iter().next();
            let (measure, together) = main.unwrap_or((String::new(), Together::Sum));
            Code {
                ping,
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

    /// The measure of each code that is looked at, and whether its groups add up.
    pub fn measures(&self) -> impl Iterator<Item = (&'r str, &str, bool)> {
        let codes = self.codes.iter();
        codes.map(|code| (code.code, code.measure.as_str(), code.adds_up))
    }

    /// An instance reported a week in which it ran these versions and logged so many events.
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

    /// It measured that for the code of that place in [`Self::measures`].
    pub fn value(&mut self, code: usize, instance: usize, week: Week, value: f64) {
        if let Some(place) = self.place(instance, week)
            && value.is_finite()
        {
            self.codes[code].seen[place] = value;
        }
    }

    /// It could not measure the code of that place.
    pub fn failure(&mut self, code: usize, instance: usize, week: Week) {
        if let Some(place) = self.place(instance, week) {
            self.codes[code].seen[place] = f64::INFINITY;
        }
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

    /// The first week of which there is a report.
    pub(crate) fn first_reported(&self) -> Week {
        let is_any = |week: &usize| {
            (0..self.instances.len()).any(|instance| self.reported(instance, *week).is_some())
        };
        self.week((0..self.weeks).find(is_any).unwrap_or_default())
    }

    pub(crate) fn reported(&self, instance: usize, week: usize) -> Option<&Report> {
        self.reports[instance * self.weeks + week].as_ref()
    }

    /// The only version of an instance's week.
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
        self.ping.trust(version) == Trust::Trusted
    }

    pub(crate) fn window(&self) -> Window {
        self.ping.window
    }
}
