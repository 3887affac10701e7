//! A query of a report.

use crate::column::Column;
use crate::query::Query;

/// One query against the event log.
#[derive(Clone, Debug, PartialEq)]
pub enum Read {
    /// Counts and users of several metrics. Each row contains the index of the metric, its events
    /// and its users. Users are 0 if the metric does not measure them.
    Counts {
        /// The indices of the metrics that the query answers.
        places: Vec<usize>,
        /// The query, which takes the window.
        query: Query,
    },
    /// One metric.
    Metric {
        /// The index of the metric.
        place: usize,
        /// Queries that create temporary tables and run first in the same transaction.
        before: Vec<Query>,
        /// The query, which takes the window.
        query: Query,
        /// The columns that the query selects.
        columns: Vec<Column>,
    },
}
