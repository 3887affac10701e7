//! Whether the product ran in a week.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, ValueType, Version};
use pings_payload::Week;

use super::logged::{self, Times, Wanted};
use crate::event_log::pruned_before;

/// Whether the product ran in a week, and at which versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ran {
    /// Whether there is evidence that the product was running.
    pub(crate) is_running: bool,
    /// The versions that were seen running, with the number of events that each logged. A version
    /// that only took captures has 0 events.
    pub(crate) versions: BTreeMap<Version, u64>,
    /// The number of events whose version cannot be parsed.
    pub(crate) unversioned: u64,
}

/// Whether the product ran in a week, and at which versions, without counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Whether there is evidence that the product was running.
    pub(crate) is_running: bool,
    /// The versions that were seen running.
    pub(crate) versions: BTreeSet<Version>,
    /// Whether some events have a version that cannot be parsed.
    pub(crate) has_unversioned: bool,
}

/// Returns whether the product ran in a week, and how many events each version logged.
pub(crate) async fn ran(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
    has_plain_times: bool,
) -> Result<Ran> {
    let times = Times::of(has_plain_times, None);
    examine(tx, registry, week, Wanted::Counts, times).await
}

/// Returns whether the product ran in a week, and at which versions.
pub(crate) async fn seen(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
    times: Times<'_>,
) -> Result<Seen> {
    let ran = examine(tx, registry, week, Wanted::Versions, times).await?;
    Ok(Seen {
        is_running: ran.is_running,
        versions: ran.versions.into_keys().collect(),
        has_unversioned: ran.unversioned > 0,
    })
}

/// Reads the traces of the product in a week.
async fn examine(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
    wanted: Wanted,
    times: Times<'_>,
) -> Result<Ran> {
    let logged = logged::versions(tx, registry, week, wanted, times).await?;
    let mut ran = Ran {
        is_running: false,
        versions: logged.versions,
        unversioned: logged.unversioned,
    };
    let week_text = week.to_string();
    let [start, _] = week.borders();
    let form = registry.version_form();
    let binds = [Bind::Text(&week_text)];
    let sql = "SELECT version FROM pings_running WHERE week = $1";
    let traces = tx.rows(sql, &binds, &[ValueType::Text]).await?;
    let counted = "SELECT max(value) FROM pings_counters WHERE week = $1";
    let counted = tx.value(counted, &binds, ValueType::Integer).await?;
    ran.is_running = !traces.is_empty()
        || counted.is_some_and(|cell| cell.integer().is_some())
        || !ran.versions.is_empty()
        || ran.unversioned > 0
        || logged::has_any_row(tx, week).await?
        // The remaining rows of a pruned week cannot show that the product did not run.
        || pruned_before(tx).await?.is_some_and(|before| before > start);
    for trace in &traces {
        let version = trace.first().and_then(Cell::text);
        let version = version.and_then(|it| it.parse().ok());
        if let Some(version) = version.filter(|version| form.fits(*version)) {
            ran.versions.entry(version).or_default();
        }
    }
    Ok(ran)
}
