//! Many metrics of one week: what reads the event log only as often and as far as it must.
//!
//! The forms are those that were measured to be fastest on ten million rows;
//! `tests/benches/report` has them beside what people would write by hand.

mod counts;
mod funnel;
mod sightings;

use pings_model::{EventMeasure, EventMetric, Measure, Metric, Registry, Source};

use crate::event_log::EventLog;
use crate::events::{self, Reading};
use crate::query::{Column, Parameters, Query, columns};

pub use sightings::{Sightings, sightings};

/// One reading of the event log.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// Counts and users of several metrics, each a row: its place among the
    /// metrics, its events, its users. Users that nobody asked for are 0.
    Counts {
        /// The places of the metrics that it answers.
        places: Vec<usize>,
        /// The query; it takes the window.
        query: Query,
    },
    /// One metric.
    Metric {
        /// Its place among the metrics.
        place: usize,
        /// What runs before the query in the same transaction: temporary tables.
        before: Vec<Query>,
        /// The query; it takes the window.
        query: Query,
        /// What it selects.
        columns: Vec<Column>,
    },
}

/// How the metrics of events and the funnels among these are read. What they
/// say of first-time users is not in it: see [`sightings`].
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
            Source::Capture(_) | Source::Sql(_) => {}
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

/// What is left of a metric without its first-time users. Where nothing is
/// but groups, it is their count: first-time users have a row for each.
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
