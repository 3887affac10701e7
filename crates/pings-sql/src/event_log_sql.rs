//! The SQL that reads names, times and arguments from `event_logs`.

use std::collections::BTreeSet;

use pings_model::{ActorSelection, EventId, EventMetric, Registry};

use crate::EventLog;
use crate::dialect::{Dialect, json, quote, time};
use crate::layout::{Block, list};
use crate::user_ids;

/// The name of an event's argument in queries after it was converted to JSON.
pub const ARGUMENT: &str = "argument";

/// Returns all names under which the events were ever logged, without duplicates, in registry
/// order.
pub fn wire_names<'a>(registry: &'a Registry, events: &[EventId]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    events
        .iter()
        .flat_map(|id| registry.event(*id).wire_names())
        .filter(|name| seen.insert(*name))
        .collect()
}

/// Returns the name of an event, compared by its bytes regardless of the column's collation.
pub fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "name",
        Dialect::Sqlite => "name COLLATE BINARY",
    }
}

/// Returns the condition that the event has one of these names.
pub fn is_named(names: &[&str], dialect: Dialect) -> Block {
    let literals: Vec<Block> = names.iter().map(|name| quote::text(name).into()).collect();
    let name = name(dialect);
    match names {
        [only] => format!("{name} = {}", quote::text(only)).into(),
        _ => list(&format!("{name} IN ("), literals, ")"),
    }
}

/// Returns the conditions on the name, the source and the actor of the rows of a metric.
pub fn selected(registry: &Registry, metric: &EventMetric, log: EventLog) -> Vec<Block> {
    let selection = &metric.selection;
    let mut conditions: Vec<Block> = Vec::new();
    if !selection.any_name {
        conditions.push(is_named(&wire_names(registry, &metric.of), log.dialect));
    }
    if !selection.sources.is_empty() {
        let source = match log.dialect {
            Dialect::Postgres => "source::text COLLATE \"C\"",
            Dialect::Sqlite => "source COLLATE BINARY",
        };
        let sources = selection.sources.iter();
        let sources = sources.map(|source| quote::text(source).into()).collect();
        conditions.push(list(&format!("{source} IN ("), sources, ")"));
    }
    let is_user = user_ids::has_user(log);
    match selection.actor {
        ActorSelection::Any => {}
        ActorSelection::SignedIn => conditions.push(is_user.into()),
        ActorSelection::Anonymous => {
            conditions.push(format!("({is_user}) IS NOT TRUE").into());
            conditions.push(user_ids::has_visitor(log.dialect).into());
        }
    }
    conditions
}

/// Returns the conditions that the event was logged in the window: conditions that can use an
/// index, then exact conditions.
pub fn in_window(log: EventLog) -> Vec<Block> {
    let mut conditions = Vec::new();
    if !log.compares_exactly() {
        conditions.push(time::hardly_before_start(log.dialect).into());
        conditions.push(time::hardly_after_end(log.dialect).into());
        conditions.extend(time::is_of_calendar(log.dialect).map(Block::from));
    }
    conditions.push(time::logged_since_start(log).into());
    conditions.push(time::logged_before_end(log).into());
    conditions
}

/// Returns the conditions that the event was logged at any time before the end of the window.
pub fn until_window_ends(log: EventLog) -> Vec<Block> {
    let mut conditions: Vec<Block> = Vec::new();
    conditions.extend(time::is_dated(log.dialect).map(Block::from));
    if !log.compares_exactly() {
        conditions.push(time::hardly_after_end(log.dialect).into());
        conditions.extend(time::is_of_calendar(log.dialect).map(Block::from));
    }
    conditions.push(time::logged_before_end(log).into());
    conditions
}

/// Returns the argument of an event as JSON, from which these keys are read.
pub fn argument(log: EventLog, keys: &[&str]) -> Block {
    if log.has_jsonb {
        return ARGUMENT.into();
    }
    json::object(ARGUMENT, keys, log).then(format!(" AS {ARGUMENT}"))
}

/// Returns the time of an event in a form that can be compared with other events.
///
/// In PostgreSQL, the values of a column can be compared directly. In SQLite, the texts may have
/// several formats, so they are converted to a common format.
pub fn comparable_time(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "timestamp",
        Dialect::Sqlite => time::PLAIN_TIME,
    }
}
