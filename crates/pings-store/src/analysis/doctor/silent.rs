//! Finds instances that stopped reporting.

use pings_model::Version;
use pings_payload::Week;

use super::observations::Observations;

/// The minimum number of weeks without a report.
const SILENT: usize = 4;

/// The number of weeks before that in which an instance must have reported regularly.
const BEFORE: usize = 12;

/// The minimum number of reports in these weeks.
const REGULAR: usize = 9;

/// An instance that reported regularly and then stopped reporting.
#[derive(Clone, Debug, PartialEq)]
pub struct Silence {
    /// The id of the instance.
    pub instance: String,
    /// The last week that the instance reported.
    pub last: Week,
    /// The number of weeks since.
    pub weeks: usize,
    /// The last version that the instance ran.
    pub version: Option<Version>,
    /// The mean number of events per week before.
    pub events: f64,
}

/// Returns the instances that stopped reporting, ordered by their number of events, highest first.
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
