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

/// The name of an event, which compares by its bytes whatever collation the column has.
pub fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "name",
        Dialect::Sqlite => "name COLLATE BINARY",
    }
}

/// That the event has one of these names.
pub fn is_named(names: &[&str], dialect: Dialect) -> Block {
    let literals: Vec<Block> = names.iter().map(|name| quote::text(name).into()).collect();
    let name = name(dialect);
    match names {
        [only] => format!("{name} = {}", quote::text(only)).into(),
        _ => list(&format!("{name} IN ("), literals, ")"),
    }
}

/// That the event was logged in the window: first what finds the rows, then what is exact.
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

/// That the event was logged before the end of the window, at any time.
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

/// The argument of an event as JSON, of which these keys are read.
pub fn argument(log: EventLog, keys: &[&str]) -> Block {
    if log.has_jsonb {
        return ARGUMENT.into();
    }
    json::object(ARGUMENT, keys, log).then(format!(" AS {ARGUMENT}"))
}

/// The time of an event, to be compared with that of another.
///
/// In PostgreSQL a column compares with itself. In SQLite its texts may have
/// several forms, of which only a common one compares.
pub fn comparable_time(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Postgres => "timestamp",
        Dialect::Sqlite => time::PLAIN_TIME,
    }
}
