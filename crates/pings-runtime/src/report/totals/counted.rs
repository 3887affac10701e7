//! The rows that a kept total counts.

use pings_model::{EventDimension, EventMetric, Registry};
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
    /// All events that the registry counts, and captures, by version.
    Versions,
}

impl Counted<'_> {
    /// Returns the code, empty for versions.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Metric { code, .. } => code,
            Self::Versions => "",
        }
    }

    /// Returns the text that identifies what is counted, together with the names of events.
    pub(super) fn meaning(&self) -> String {
        match self {
            Self::Metric { events, .. } => meaning::of_total(events),
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
            Self::Versions => true,
        }
    }

    /// Returns the query for the totals of these rows by day.
    pub(super) fn query(&self, registry: &Registry, log: EventLog, rows: TotalRows<'_>) -> Totals {
        match self {
            Self::Metric { events, .. } => totals(registry, events, log, rows),
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
