//! The rows that a kept total counts.

use std::fmt::Write;

use pings_model::{
    EventDimension, EventMeasure, EventMetric, Identity, Measure, Metric, Period, Registry, Source,
    ValueType,
};
use pings_sql::{EventLog, TotalRows, Totals, totals, version_totals};

use crate::report::meaning;
use crate::running::{counts_any_name, logged_names};

/// The rows that a kept total counts.
#[derive(Clone, Copy, Debug)]
pub(super) enum Counted<'r> {
    /// The events of a metric, by its dimensions.
    Metric {
        code: &'r str,
        events: &'r EventMetric,
    },
    /// The events of a metric in its windows other than all time, with its users in each window.
    Days {
        metric: &'r Metric,
        events: &'r EventMetric,
    },
    /// All events that the registry counts, and captures, by version.
    Versions,
}

impl<'r> Counted<'r> {
    /// Returns the daily total of a metric if its values for windows can be taken from it: if the events
    /// of a window are the sum of its days, and its users are a set.
    pub(super) fn days(metric: &'r Metric) -> Option<Self> {
        let Source::Events(events) = &metric.source else {
            return None;
        };
        let is_kept = |measure: &EventMeasure| match measure {
            EventMeasure::UniqueUsers | EventMeasure::FirstTimeUsers => true,
            EventMeasure::Of(Measure::Count) => true,
            // The sum of fractions depends on their order.
            EventMeasure::Of(Measure::Sum(value)) => value.ty.measured() == ValueType::Integer,
            EventMeasure::Of(_) => false,
        };
        let is_bucket = |by: &EventDimension| matches!(by, EventDimension::Bucket(..));
        // First-time users alone are sightings only.
        let has_rows = !events.by.is_empty() || events.measures != [EventMeasure::FirstTimeUsers];
        let is_plain = events.all_of.is_empty()
            && events.identity == Identity::Actor
            && events.min_group.is_none();
        let is_kept = is_plain
            && has_rows
            && !events.by.iter().any(is_bucket)
            && events.measures.iter().all(is_kept)
            && periods(metric).next().is_some();
        is_kept.then_some(Self::Days { metric, events })
    }

    /// Returns the code, empty for versions.
    pub(super) fn code(&self) -> &'r str {
        match self {
            Self::Metric { code, .. } => code,
            Self::Days { metric, .. } => &metric.code,
            Self::Versions => "",
        }
    }

    /// Returns the events of a metric.
    pub(super) fn events(&self) -> Option<&'r EventMetric> {
        match self {
            Self::Metric { events, .. } | Self::Days { events, .. } => Some(events),
            Self::Versions => None,
        }
    }

    /// Returns the windows for which users are kept.
    pub(super) fn periods(&self) -> Vec<Period> {
        match self {
            Self::Days { metric, events }
                if events.measures.contains(&EventMeasure::UniqueUsers) =>
            {
                periods(metric).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns the text that identifies what is counted, together with the names of events.
    pub(super) fn meaning(&self) -> String {
        match self {
            Self::Metric { events, .. } => meaning::of_total(events),
            Self::Days { events, .. } => {
                let mut text = meaning::of_total(events);
                for period in self.periods() {
                    let _ = write!(text, " users of {period}");
                }
                text
            }
            // Names that the registry gains are counted from then on.
            Self::Versions => "versions".to_owned(),
        }
    }

    /// Returns whether days that were counted for another meaning and other names stay valid.
    pub(super) fn stays(&self, known: &str, known_names: &[String], names: &[String]) -> bool {
        match self {
            Self::Metric { events, .. } => {
                // The stored groups have the older names of the events.
                let names_groups = events.by.contains(&EventDimension::Event);
                let still_counts = known_names.iter().all(|name| names.contains(name));
                meaning::was_total(events, known)
                    && still_counts
                    && (!names_groups || names.len() == known_names.len())
            }
            // The days are few, so they are read again.
            Self::Days { .. } => false,
            Self::Versions => true,
        }
    }

    /// Returns the query for the totals of these rows by day.
    pub(super) fn query(&self, registry: &Registry, log: EventLog, rows: TotalRows<'_>) -> Totals {
        match self {
            Self::Metric { events, .. } | Self::Days { events, .. } => {
                totals(registry, events, log, rows)
            }
            Self::Versions => {
                let names = (!counts_any_name(registry)).then(|| logged_names(registry));
                Totals {
                    text: version_totals(names.as_deref(), log, rows),
                    names: Vec::new(),
                }
            }
        }
    }
}

/// Returns the windows of a metric other than all time.
fn periods(metric: &Metric) -> impl Iterator<Item = Period> {
    let week = metric.has_weekly_value().then_some(Period::Week);
    let others = metric.other_windows();
    week.into_iter()
        .chain(others.filter(|period| *period != Period::AllTime))
}
