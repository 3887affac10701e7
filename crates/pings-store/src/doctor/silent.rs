//! Instances that fell silent.

use pings_model::Version;
use pings_payload::Week;

use super::observations::Observations;

/// How many weeks an instance must have been silent.
const SILENT: usize = 4;

/// In how many weeks before it must have reported regularly.
const BEFORE: usize = 12;

/// How many of those.
const REGULAR: usize = 9;

/// An instance that reported regularly, and fell silent.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// Its id.
    pub instance: String,
    /// The last week that it reported.
    pub last: Week,
    /// How many weeks have passed since.
    pub weeks: usize,
    /// The version that it last ran.
    pub version: Option<Version>,
    /// How many events it logged in a week before.
    pub events: f64,
}

/// The instances that fell silent, those that logged most first.
pub(crate) fn silences(seen: &Observations<'_>) -> Vec<Silence> {
    let mut silences: Vec<Silence> = (0..seen.instances.len())
        .filter_map(|instance| silence(seen, instance))
        .collect();
    silences.sort_by(|one, other| other.events.total_cmp(&one.events));
    silences
}

fn silence(seen: &Observations<'_>, instance: usize) -> Option<Silence> {
    let last = (0..seen.weeks)
        .rev()
        .find(|week| seen.reported(instance, *week).is_some())?;
    let weeks = seen.weeks - 1 - last;
    let before = (last + 1).checked_sub(BEFORE)?..last + 1;
    let reports: Vec<_> = before
        .filter_map(|week| seen.reported(instance, week))
        .collect();
    if weeks < SILENT || reports.len() < REGULAR {
        return None;
    }
    let events: f64 = reports.iter().map(|report| report.events).sum();
    Some(Silence {
        instance: seen.instances[instance].clone(),
        last: seen.week(last),
        weeks,
        version: reports.iter().rev().find_map(|report| report.version),
        events: events / reports.len() as f64,
    })
}
