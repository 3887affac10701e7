//! The judgement of the registry about an event.

use pings_model::{Absence, Broken, Life, Metric, Ping, Registry, Trust, Version, VersionForm};
use pings_payload::Week;
use serde_json::Value as Json;

use super::arrival::Arrival;
use crate::counted::{LoggedEvent, metrics_of_event};
use crate::live_check::{ArgumentFault, Names, Owner, by_a_letter, faults};

/// Judges events by a registry.
#[derive(Debug)]
pub struct Assessor<'r> {
    registry: &'r Registry,
    names: Names<'r>,
    form: VersionForm,
}

/// The judgement of the registry about an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment<'r> {
    /// The week that counts the event, or `None` if no week does.
    pub week: Option<Week>,
    /// Whether the row is the result of a capture and not an event.
    pub is_capture: bool,
    /// What does not fit the registry.
    pub faults: Vec<EventFault>,
    /// The metrics and funnels that count the event, in the order of the registry.
    pub metrics: Vec<Moved<'r>>,
}

/// A part of an event that does not fit the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventFault {
    /// The registry does not have the event.
    Unknown {
        /// An event in the registry with a similar name.
        near: Option<String>,
    },
    /// An argument does not match its declaration.
    Argument(ArgumentFault),
    /// The version cannot be parsed, or has a form that the registry does not mention. The store
    /// does not trust any value of the week.
    UnreadVersion,
    /// The time cannot be parsed, so that no week counts the event.
    UnreadTime,
}

impl Assessment<'_> {
    /// Returns whether the registry has neither an event nor a capture of that name.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        let mut faults = self.faults.iter();
        faults.any(|fault| matches!(fault, EventFault::Unknown { .. }))
    }
}

impl EventFault {
    /// Returns the kind of the fault, as `pings check` shows it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "unknown-event",
            Self::Argument(fault) => fault.kind(),
            Self::UnreadVersion => "unread-version",
            Self::UnreadTime => "unread-time",
        }
    }
}

/// A metric that counts an event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moved<'r> {
    /// The ping of the metric.
    pub ping: &'r Ping,
    /// The metric.
    pub metric: &'r Metric,
    /// Whether the value is trusted at the version of the event.
    pub standing: Standing<'r>,
}

/// Whether the value of a metric is trusted at the version of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'r> {
    /// The value is trusted.
    Trusted,
    /// The version sends wrong values.
    Broken(&'r Broken),
    /// The version does not report the metric.
    Absent(Absence),
    /// The version is newer than the newest release of the registry.
    Unreleased,
    /// The version cannot be read.
    UnknownVersion,
}

impl<'r> Assessor<'r> {
    /// Creates an assessor for a registry.
    #[must_use]
    pub fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            names: Names::new(registry),
            form: registry.version_form(),
        }
    }

    /// Judges an event.
    #[must_use]
    pub fn assess(&self, arrival: &Arrival) -> Assessment<'r> {
        let version = Version::of_build(&arrival.version).ok();
        let version = version.filter(|version| self.form.fits(*version));
        let mut assessment = Assessment {
            week: arrival
                .at
                .map(|at| self.registry.week().week_containing(at)),
            is_capture: false,
            faults: Vec::new(),
            metrics: Vec::new(),
        };
        match self.names.owner(&arrival.name) {
            Owner::Event(event) => {
                let found = faults(event, &arrival.argument).into_iter();
                assessment.faults.extend(found.map(EventFault::Argument));
            }
            Owner::Code => assessment.is_capture = true,
            Owner::Nobody => {
                let near = by_a_letter(&arrival.name, self.names.events());
                let near = near.map(str::to_owned);
                assessment.faults.push(EventFault::Unknown { near });
            }
        }
        assessment.metrics = self.moved(arrival, version);
        if version.is_none() {
            assessment.faults.push(EventFault::UnreadVersion);
        }
        if arrival.at.is_none() {
            assessment.faults.push(EventFault::UnreadTime);
        }
        assessment
    }

    fn moved(&self, arrival: &Arrival, version: Option<Version>) -> Vec<Moved<'r>> {
        let argument: Json = serde_json::from_str(&arrival.argument).unwrap_or_default();
        let event = LoggedEvent {
            name: &arrival.name,
            actor: arrival.actor,
            source: &arrival.source,
            argument: &argument,
        };
        metrics_of_event(self.registry, &event)
            .into_iter()
            .map(|(ping, metric)| Moved {
                ping,
                metric,
                standing: self.standing(ping.life(metric), version),
            })
            .collect()
    }

    fn standing(&self, life: Life<'r>, version: Option<Version>) -> Standing<'r> {
        let Some(version) = version else {
            return Standing::UnknownVersion;
        };
        match life.trust(version) {
            Trust::Absent(absence) => Standing::Absent(absence),
            Trust::Broken(broken) => Standing::Broken(broken),
            Trust::Trusted if self.registry.is_released(version) => Standing::Trusted,
            Trust::Trusted => Standing::Unreleased,
        }
    }
}
