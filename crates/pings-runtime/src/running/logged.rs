//! The events that were logged in a week.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, ValueType, Version};
use pings_payload::Week;
use pings_sql::{Dialect, PLAIN_TIME};
use serde_json::json;

use super::names::{capture_codes, counted_names};
use crate::event_log::Days;

/// The question about the versions of a week.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Which versions logged events. This takes a third of the time of counts.
    Versions,
    /// How many events each version logged.
    Counts,
}

/// The known facts about the times near a week.
#[derive(Clone, Copy)]
pub(crate) enum Times<'d> {
    /// Nothing.
    Any,
    /// They [compare like texts](crate::event_log::has_plain_times).
    Plain,
    /// The versions of each day.
    Days(&'d Days),
}

impl<'d> Times<'d> {
    /// Returns what is known.
    pub(crate) fn of(has_plain_times: bool, days: Option<&'d Days>) -> Self {
        match days {
            Some(days) => Self::Days(days),
            None if has_plain_times => Self::Plain,
            None => Self::Any,
        }
    }
}

/// The versions that logged events in a week.
#[derive(Default)]
pub(super) struct Logged {
    /// The versions, with the number of events that each logged. A version that only logged captures
    /// has 0 events. Every other number is 1 if counts are not wanted.
    pub(super) versions: BTreeMap<Version, u64>,
    /// The number of events whose version cannot be parsed, or 1 if counts are not wanted.
    pub(super) unversioned: u64,
}

impl Logged {
    /// Adds a number of events with the text of a version.
    fn add(&mut self, registry: &Registry, version: Option<&str>, count: u64) {
        let version = version.and_then(|text| Version::of_build(text).ok());
        match version.filter(|version| registry.version_form().fits(*version)) {
            Some(version) => *self.versions.entry(version).or_default() += count,
            None => self.unversioned += count,
        }
    }
}

/// Returns the versions that logged events that the registry counts in a week.
pub(super) async fn versions(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
    wanted: Wanted,
    times: Times<'_>,
) -> Result<Logged> {
    let [start, end] = week.borders();
    let mut logged = Logged::default();
    if let (Times::Days(days), Wanted::Versions) = (times, wanted) {
        for (version, is_event) in days.versions([&start[..10], &end[..10]]) {
            logged.add(registry, Some(version), is_event.into());
        }
        return Ok(logged);
    }
    // As an array, the names are read from the index. PostgreSQL joins a subquery with the whole table.
    let is_in = |list: &str| match tx.dialect() {
        Dialect::Sqlite => format!("IN (SELECT value FROM json_each({list}))"),
        Dialect::Postgres => {
            format!("= ANY (ARRAY (SELECT json_array_elements_text({list}::json)))")
        }
    };
    let is_event = format!("CASE WHEN name {} THEN 0 ELSE 1 END", is_in("$4"));
    let (columns, groups) = match wanted {
        Wanted::Versions => (format!("DISTINCT version, CAST({is_event} AS bigint)"), ""),
        Wanted::Counts => (format!("version, sum({is_event})"), " GROUP BY version"),
    };
    let sql = format!(
        "SELECT {columns} FROM event_logs WHERE name {} AND {}{groups}",
        is_in("$1"),
        in_week(tx.dialect(), !matches!(times, Times::Any))
    );
    let captures = json!(capture_codes(registry).collect::<Vec<_>>()).to_string();
    let names = json!(counted_names(tx, registry).await?).to_string();
    let binds = [&names, &start, &end, &captures].map(|text| Bind::Text(text));
    let types = [ValueType::Text, ValueType::Integer];
    for row in tx.rows(&sql, &binds, &types).await? {
        let Ok([version, Cell::Integer(count)]) = <[Cell; 2]>::try_from(row) else {
            continue;
        };
        logged.add(registry, version.text(), count.unsigned_abs());
    }
    Ok(logged)
}

/// Returns whether anything was logged in a week, including events that the registry no longer has.
/// The query steps through the distinct names in the index, so that it does not scan the table.
pub(super) async fn has_any_row(tx: &mut Transaction, week: Week) -> Result<bool> {
    let sql = format!(
        "WITH RECURSIVE names (name) AS ( \
           SELECT min(name) FROM event_logs WHERE name > $1 \
           UNION ALL \
           SELECT (SELECT min(name) FROM event_logs WHERE name > names.name) \
           FROM names WHERE names.name IS NOT NULL \
         ) SELECT name FROM names WHERE name IS NOT NULL AND EXISTS ( \
           SELECT 1 FROM event_logs WHERE event_logs.name = names.name AND {}) LIMIT 1",
        // The times of other names may have any form.
        in_week(tx.dialect(), false)
    );
    let [start, end] = week.borders();
    let binds = [Bind::Text(""), Bind::Text(&start), Bind::Text(&end)];
    let rows = tx.rows(&sql, &binds, &[ValueType::Text]).await?;
    Ok(!rows.is_empty())
}

/// Returns the SQL conditions for a week; its borders are the parameters `$2` and `$3`.
fn in_week(dialect: Dialect, has_plain_times: bool) -> String {
    match dialect {
        Dialect::Sqlite if has_plain_times => {
            "timestamp >= date($2) AND timestamp < date($3)".to_owned()
        }
        Dialect::Sqlite => format!(
            "timestamp >= date($2, '-1 day') AND timestamp < date($3, '+1 day') \
             AND {PLAIN_TIME} >= date($2) AND {PLAIN_TIME} < date($3)"
        ),
        Dialect::Postgres => {
            "timestamp >= $2::text::timestamptz AND timestamp < $3::text::timestamptz".to_owned()
        }
    }
}
