//! The versions that the fleet ran, week by week.

use pings_database::{Bind, Cell};
use pings_model::{Registry, ValueType, Version, VersionRange};
use pings_payload::Week;

use crate::analysis::series::{Origins, Span, by_origin};
use crate::analysis::trust::Versions;
use crate::reader::Reader;
use crate::registry::origin::version_key;
use pings_database::Result;

/// The versions that the fleet ran, week by week.
pub(crate) struct Reports {
    first: Week,
    last: Week,
    /// The number of instances that ran exactly these versions in a week.
    pub(crate) instances: Vec<(Week, Versions, u64)>,
    /// The number of events that each version logged; `None` is a version that cannot be parsed or
    /// has not been released.
    pub(crate) events: Vec<(Week, Option<Version>, u64)>,
}

impl Reports {
    pub(crate) async fn read(
        tx: &mut Reader,
        registry: &Registry,
        weeks: (Week, Week),
        origins: &Origins,
    ) -> Result<Self> {
        let counts = by_origin(tx, Span { registry, weeks }).await?;
        let instances = counts.into_iter().filter_map(|(week, origin, count)| {
            // An instance whose product did not run has no version.
            let versions = origins.versions(origin).filter(|it| !it.is_not_running)?;
            let versions = versions.clone();
            Some((week, versions, count))
        });
        Ok(Self {
            first: weeks.0,
            last: weeks.1,
            instances: instances.collect(),
            events: events(tx, registry).await?,
        })
    }

    #[cfg(test)]
    pub(crate) fn new(weeks: (Week, Week), instances: Vec<(Week, Versions, u64)>) -> Self {
        Self {
            first: weeks.0,
            last: weeks.1,
            instances,
            events: Vec::new(),
        }
    }

    pub(crate) fn first(&self) -> Week {
        self.first
    }

    /// Returns the weeks, without gaps.
    pub(crate) fn weeks(&self) -> impl Iterator<Item = Week> + use<> {
        let (first, last) = (self.first, self.last);
        (0..)
            .map(move |week| first.forward(week))
            .take_while(move |week| *week <= last)
    }
}

async fn events(tx: &mut Reader, registry: &Registry) -> Result<Vec<(Week, Option<Version>, u64)>> {
    let sql = "SELECT payloads.week, payload_versions.version, \
          CAST(sum(payload_versions.events) AS bigint) \
        FROM counted_payloads AS payloads \
        JOIN payload_versions ON payload_versions.payload = payloads.id \
        WHERE payloads.registry = $1 \
        GROUP BY payloads.week, payload_versions.version";
    let types = [ValueType::Text, ValueType::Text, ValueType::Integer];
    let rows = tx.rows(sql, &[Bind::Text(registry.name())], &types).await?;
    let events = rows.into_iter().filter_map(|row| match &row[..] {
        [Cell::Text(week), Cell::Text(version), Cell::Integer(events)] => Some((
            week.parse().ok()?,
            version.parse().ok().filter(|it| registry.is_released(*it)),
            events.unsigned_abs(),
        )),
        _ => None,
    });
    Ok(events.collect())
}

/// Returns how many instances ever ran a released version in the range, and how many there are.
pub(crate) async fn ever(
    tx: &mut Reader,
    registry: &Registry,
    range: VersionRange,
) -> Result<(u64, u64)> {
    let first = version_key(range.first().key());
    let ends = [
        range.key_after(),
        registry.released().map(Version::key_after),
    ];
    let after = ends.into_iter().flatten().min().map(version_key);
    let sql = "SELECT count(DISTINCT payloads.instance), count(DISTINCT CASE WHEN payloads.origin IN ( \
            SELECT origin FROM origin_versions WHERE key >= $2 AND ($3 = '' OR key < $3) \
          ) THEN payloads.instance END) \
        FROM counted_payloads AS payloads WHERE payloads.registry = $1";
    let binds = [
        Bind::Text(registry.name()),
        Bind::Text(&first),
        Bind::Text(after.as_deref().unwrap_or_default()),
    ];
    let types = [ValueType::Integer, ValueType::Integer];
    let rows = tx.rows(sql, &binds, &types).await?;
    let counts = rows.first().and_then(|row| match &row[..] {
        [Cell::Integer(all), Cell::Integer(touched)] => {
            Some((touched.unsigned_abs(), all.unsigned_abs()))
        }
        _ => None,
    });
    Ok(counts.unwrap_or_default())
}
