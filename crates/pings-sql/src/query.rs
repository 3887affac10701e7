//! The query of a metric and the columns of its result.

use pings_model::{Metric, Ping, Registry, Source};

use crate::column::Column;
use crate::dialect::Dialect;
use crate::event_log::EventLog;
use crate::events::Reading;
use crate::{capture, events, funnel, sql_capture, window};

/// A metric as a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The SQL: one read-only statement with a trailing line break and without a semicolon.
    pub text: String,
    /// The parameters of the query.
    pub parameters: Parameters,
}

/// The parameters of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// No parameters.
    None,
    /// The first instant of the window and the first instant after it.
    Window,
}

/// Returns the columns that a metric's query selects, in order and independent of the dialect.
#[must_use]
pub fn columns(metric: &Metric) -> Vec<Column> {
    match &metric.source {
        Source::Events(metric) => events::columns(metric),
        Source::Funnel(_) => funnel::columns(),
        Source::Capture(capture) => capture::columns(capture),
        Source::Sql(capture) => sql_capture::columns(capture),
    }
}

/// Builds the query of a metric.
///
/// Whether the query uses the window depends only on the metric. The ping is a parameter so that
/// more windows can be added later.
#[must_use]
pub fn query(registry: &Registry, _ping: &Ping, metric: &Metric, dialect: Dialect) -> Query {
    let (block, takes_window) = match &metric.source {
        Source::Events(metric) => (
            events::query(registry, metric, EventLog::any(dialect), Reading::Each),
            true,
        ),
        Source::Funnel(funnel) => (
            funnel::query(registry, funnel, EventLog::any(dialect)),
            true,
        ),
        Source::Capture(capture) => (
            capture::query(registry, capture, dialect),
            window::of_capture(capture).any(),
        ),
        Source::Sql(capture) => (
            sql_capture::query(capture, dialect),
            window::of_text(sql_capture::text(capture, dialect)).any(),
        ),
    };
    Query {
        text: block.finished(),
        parameters: if takes_window {
            Parameters::Window
        } else {
            Parameters::None
        },
    }
}
