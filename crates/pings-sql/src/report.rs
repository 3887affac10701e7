//! Queries for many metrics of one week that read as little of the event log as possible.
//!
//! These query forms were the fastest in measurements with ten million rows; `tests/benches/report`
//! compares them with straightforward hand-written queries.

mod counts;
mod funnel;
mod read;
mod sightings;
mod staged;
mod totals;

use pings_model::{EventMeasure, EventMetric, Measure, Metric, Registry, Source};

use crate::event_log::EventLog;
use crate::events::{self, Reading};
use crate::parameters::Parameters;
use crate::query::{Query, columns};

pub use read::Read;
pub use sightings::{Sightings, sightings};
pub use staged::{days_after, staged, staged_people};
pub use totals::{TotalRows, Totals, totals, version_totals};

/// Returns the queries for the event metrics and funnels among `metrics`. First-time users are not
/// included; see [`sightings`].
#[must_use]
pub fn reads(registry: &Registry, metrics: &[&Metric], log: EventLog) -> Vec<Read> {
    let mut counted = Vec::new();
    let mut reads = Vec::new();
    for (place, metric) in metrics.iter().enumerate() {
        match &metric.source {
            Source::Events(metric) => match without_first_times(metric) {
                Some(metric) if counts::is_counted(&metric) => counted.push((place, metric)),
                Some(metric) => reads.push(of_events(registry, place, metric, log)),
                None => {}
            },
            Source::Funnel(steps) => {
                let (before, query) = funnel::queries(registry, steps, log);
                reads.push(Read::Metric {
                    place,
                    before,
                    query,
                    columns: columns(metric),
                });
            }
            Source::Capture(_) | Source::Sql(_) | Source::Value(_) => {}
        }
    }
    let mut all = counts::reads(registry, &counted, log);
    all.append(&mut reads);
    all
}

fn of_events(registry: &Registry, place: usize, metric: EventMetric, log: EventLog) -> Read {
    let query = Query {
        text: events::query(registry, &metric, log, Reading::Alike).finished(),
        parameters: Parameters::Window,
    };
    Read::Metric {
        place,
        before: Vec::new(),
        query,
        columns: events::columns(&metric),
    }
}

/// Returns a metric without its first-time users. If only groups remain, they are counted, because
/// first-time users have a row for each group.
fn without_first_times(metric: &EventMetric) -> Option<EventMetric> {
    let mut left = metric.clone();
    left.measures
        .retain(|measure| *measure != EventMeasure::FirstTimeUsers);
    if left.measures.is_empty() {
        if left.by.is_empty() {
            return None;
        }
        left.measures.push(EventMeasure::Of(Measure::Count));
    }
    Some(left)
}
