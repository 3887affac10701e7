//! What a query is, whatever it asks.

use pings_model::{Metric, Ping, Registry, Source, ValueType};

use crate::dialect::Dialect;
use crate::event_log::EventLog;
use crate::events::Reading;
use crate::{capture, events, funnel, sql_capture, window};

/// A metric as a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The SQL: one read-only statement, ending with a line break and without a semicolon.
    pub text: String,
    /// What it takes.
    pub parameters: Parameters,
}

/// What a query takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parameters {
    /// Nothing.
    None,
    /// The first instant of the window and the first instant after it.
    Window,
}

/// A column of a query's result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its name in the result and in reports.
    pub name: String,
    /// The type of its values: integer, number, text or boolean.
    pub ty: ValueType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// What it is for.
    pub role: Role,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The result is grouped by it.
    Dimension,
    /// It was measured.
    Measure,
}

/// What a metric's query selects, in order; the same in every dialect.
#[must_use]
pub fn columns(metric: &Metric) -> Vec<Column> {
    match &metric.source {
        Source::Events(metric) => events::columns(metric),
        Source::Funnel(_) => funnel::columns(),
        Source::Capture(capture) => capture::columns(capture),
        Source::Sql(capture) => sql_capture::columns(capture),
    }
}

/// The query of a metric.
///
/// Whether it takes the window is told by the metric alone; the ping is there
/// for windows to come.
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
