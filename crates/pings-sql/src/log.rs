//! Reading `event_logs`.

use std::collections::BTreeSet;

use pings_model::{EventId, Registry};

use crate::EventLog;
use crate::dialect::{Dialect, json, quote, time};
use crate::layout::{Block, list};

/// What queries call the argument of an event once it is JSON.
pub const ARGUMENT: &str = "argument";

/// All the names under which these events were ever logged, each once, in the registry's order.
pub fn wire_names<'a>(registry: &'a Registry, events: &[EventId]) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    events
        .iter()
        .flat_map(|id| registry.event(*id).wire_names())
        .filter(|name| seen.insert(*name))
        .collect()
}

/// That the event has one of these names.
pub fn is_named(names: &[&str]) -> Block {
    let literals: Vec<Block> = names.iter().map(|name| quote::text(name).into()).collect();
    match names {
        [name] => format!("name = {}", quote::text(name)).into(),
        _ => list("name IN (", literals, ")"),
    }
}

/// That the event was logged in the window: first what finds the rows, then what is exact.
pub fn in_window(log: EventLog) -> Vec<Block> {
    if log.compares_exactly() {
        return vec![time::since_start().into(), time::before_end().into()];
    }
    let dialect = log.dialect;
    let bounds = [
        time::hardly_before_start(dialect),
        time::hardly_after_end(dialect),
    ];
    let exact = [
        time::logged_since_start(dialect),
        time::logged_before_end(dialect),
    ];
    bounds
        .into_iter()
        .flatten()
        .chain(exact)
        .map(Block::from)
        .collect()
}

/// That the event was logged before the end of the window, at any time.
pub fn until_window_ends(log: EventLog) -> Vec<Block> {
    if log.compares_exactly() {
        return vec![time::before_end().into()];
    }
    let dialect = log.dialect;
    time::hardly_after_end(dialect)
        .into_iter()
        .chain([time::logged_before_end(dialect)])
        .map(Block::from)
        .collect()
}

/// The argument of an event as JSON.
pub fn argument(log: EventLog) -> Block {
    if log.has_jsonb {
        return ARGUMENT.into();
    }
    json::object(ARGUMENT, log).then(format!(" AS {ARGUMENT}"))
}

/// The time of an event, to be compared with that of another.
///
/// In PostgreSQL a column compares with itself. In SQLite its texts may have
/// several forms, of which only a common one compares.
pub fn comparable_time(dialect: Dialect) -> Block {
    match dialect {
        Dialect::Postgres => "timestamp".into(),
        Dialect::Sqlite => time::instant("timestamp", dialect).into(),
    }
}
