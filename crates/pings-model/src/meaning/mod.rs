//! What a metric means, as text: two metrics that mean the same have equal texts.
//!
//! Neither layout, nor the case of keywords, nor the names that a capture gives
//! to its tables, nor the order in which conditions or alternatives are listed
//! makes a difference. The texts are for people too: they read as the registry does.

mod capture;
mod events;
mod expr;
mod statement;

use std::collections::BTreeSet;

use crate::{EventId, Metric, Registry, Source};

/// What a metric means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What it is a measure of.
    pub of: SourceKind,
    /// Where its rows come from and which they are; the same parts for the same kind of source.
    pub parts: Vec<(Part, String)>,
    /// What its result is grouped by, in the order of the registry.
    pub by: Vec<Grouping>,
    /// What is measured, one entry for each number, in the order of the registry.
    pub measures: Vec<Measured>,
}

/// What a metric is a measure of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceKind {
    /// Events.
    Events,
    /// Steps of events.
    Funnel,
    /// Tables.
    Capture,
    /// Hand-written SQL.
    Sql,
}

/// A part of a metric's definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `of`: the events.
    Of,
    /// `steps` of a funnel.
    Steps,
    /// `from`: the table.
    From,
    /// `join`
    Join,
    /// `where`
    Where,
    /// `per`
    Per,
    /// `sql.postgres`
    Postgres,
    /// `sql.sqlite`
    Sqlite,
}

/// What a result is grouped by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// Its name in results.
    pub name: String,
    /// What it is: an expression, or a type.
    pub means: String,
    /// The values that are told apart, where an enum argument declares them.
    pub values: Vec<String>,
}

/// A number that is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// The word of the measure (`count`, `p50`), or the name of the column.
    pub name: String,
    /// Of what; empty of `count` and of users.
    pub means: String,
}

/// The meaning of a metric; `names` are the wire names by which an event is known.
#[must_use]
pub fn of(
    registry: &Registry,
    metric: &Metric,
    names: &dyn Fn(EventId) -> BTreeSet<String>,
) -> Meaning {
    let Metric {
        code: _,
        title: _,
        note: _,
        source,
    } = metric;
    match source {
        Source::Events(metric) => events::metric(metric, names),
        Source::Funnel(funnel) => events::funnel(funnel, names),
        Source::Capture(capture) => capture::capture(registry, capture),
        Source::Sql(capture) => statement::capture(capture),
    }
}

/// Every name by which an event was ever known.
#[must_use]
pub fn wire_names(registry: &Registry, event: EventId) -> BTreeSet<String> {
    let event = registry.event(event);
    event.wire_names().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests;
