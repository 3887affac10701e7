//! Random event logs for a registry with all features, including values from misbehaving clients
//! and old versions.

mod arguments;
mod rows;

pub use arguments::Arguments;

use std::fs;
use std::path::Path;

use pings_model::Registry;
use proptest::prelude::*;

use crate::oracle::{LogRow, WEEK};

/// A Monday. The weeks of these logs are on both sides of a new year, and one of them has the
/// number 53.
const FIRST_WEEK: i64 = 1_608_508_800_000;

/// A log, and the week to report.
#[derive(Clone, Debug)]
pub struct Case {
    /// The start of the week in Unix milliseconds.
    pub week_start_ms: i64,
    /// The rows in the order of insertion, which differs from that of their times.
    pub rows: Vec<LogRow>,
}

/// Returns the registry of these logs as YAML.
///
/// # Panics
///
/// Panics if the file does not exist.
#[must_use]
pub fn registry_text() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/differential/pings.yaml");
    fs::read_to_string(path).expect("the registry of random logs")
}

/// Returns a strategy for logs and weeks. `arguments` limits the arguments to what a column can
/// hold.
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
