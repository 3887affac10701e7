//! The query of a metric and the columns of its result.

use pings_model::{Metric, Ping, Registry, Source};

use crate::column::Column;
use crate::dialect::Dialect;
use crate::event_log::EventLog;
use crate::events::Reading;
use crate::parameters::Parameters;
use crate::{capture, events, funnel, sql_capture, value, window};

/// A metric as a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The SQL: one read-only statement with a trailing line break and without a semicolon.
    pub text: String,
    /// The parameters of the query.
    pub parameters: Parameters,
}

/// Returns the columns that a metric's query selects, in order and independent of the dialect.
#[must_use]
pub fn columns(metric: &Metric) -> Vec<Column> {
    match &metric.source {
        Source::Events(metric) => events::columns(metric),
        Source::Funnel(_) => funnel::columns(),
        Source::Capture(capture) => capture::columns(capture),
        Source::Sql(capture) => sql_capture::columns(capture),
        Source::Value(metric) => value::columns(metric),
    }
}

/// Builds the query of a metric, or returns `None` if the metric is hand-written SQL for other
/// databases only.
///
/// Whether the query uses the window depends only on the metric. The ping is a parameter so that
/// more windows can be added later.
#[must_use]
pub fn query(
    registry: &Registry,
    _ping: &Ping,
    metric: &Metric,
    dialect: Dialect,
) -> Option<Query> {
    let (block, parameters) = match &metric.source {
        Source::Events(metric) => (
            events::query(registry, metric, EventLog::any(dialect), Reading::Each),
            Parameters::Window,
        ),
        Source::Funnel(funnel) => (
            funnel::query(registry, funnel, EventLog::any(dialect)),
            Parameters::Window,
        ),
        Source::Capture(capture) => (
            capture::query(registry, capture, dialect),
            window::of_capture(capture).parameters(),
        ),
        Source::Sql(capture) => {
            let text = sql_capture::text(capture, dialect)?;
            (
                sql_capture::query(capture, text, dialect),
                window::of_sql(capture).parameters(),
            )
        }
        Source::Value(value) => (
            value::query(&metric.code, value, dialect),
            Parameters::Window,
        ),
    };
    Some(Query {
        text: block.finished(),
        parameters,
    })
}
