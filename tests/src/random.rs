//! Random event logs of one registry that has everything, as clients and old products fill them.

mod arguments;
mod rows;

pub use arguments::Arguments;

use std::fs;
use std::path::Path;

use pings_model::Registry;
use proptest::prelude::*;

use crate::oracle::{LogRow, WEEK};

/// A Monday: the weeks of these logs are on both sides of a new year, and one has the number 53.
const FIRST_WEEK: i64 = 1_608_508_800_000;

/// A log, and the week that is asked for.
#[derive(Clone, Debug)]
pub struct Case {
    /// The first millisecond of the week.
    pub week_start_ms: i64,
    /// The rows in the order in which they were inserted, which is not that of their times.
    pub rows: Vec<LogRow>,
}

/// The registry of these logs, as YAML.
///
/// # Panics
///
/// Where its file is not there.
#[must_use]
pub fn registry_text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/differential/pings.yaml");
    fs::read_to_string(path).expect("the registry of random logs")
}

/// Logs and weeks; arguments are as wild as the column may hold.
pub fn cases(registry: &Registry, arguments: Arguments) -> impl Strategy<Value = Case> + use<> {
    let rows = prop::collection::vec(rows::row(registry, arguments), 0..80);
    let week = prop_oneof![4 => Just(1), 1 => 0..3_i64];
    (week, rows).prop_map(|(week, rows)| Case {
        week_start_ms: FIRST_WEEK + week * WEEK,
        rows,
    })
}

#[cfg(test)]
mod tests;
