//! Finds recent weeks of an instance that the store does not have, so that the instance can send
//! them again: the store may have been restored from a backup.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Database, Mode, Result};
use pings_model::ValueType;
use pings_payload::{Uuid, Week};
use pings_sql::Dialect;

use super::disposition::Accepted;
use crate::ingest::intern::values;
use crate::store::{Backend, Store};

/// The number of weeks before a payload that are checked. Instances keep 26 weeks up to date.
const BACK: u32 = 25;

/// The number of payloads per query.
const AT_ONCE: usize = 256;

impl Store {
    /// Returns, for each payload, the earlier weeks that the store does not have of its instance,
    /// starting with the first week that it has.
    ///
    /// Weeks in which an instance did not run may be included, because only the instance knows
    /// which weeks it has sent.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn lacks(&self, accepted: &[Accepted]) -> Result<Vec<Vec<Week>>> {
        let kept = match &self.backend {
            Backend::Sql(database) => kept(database, accepted).await?,
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.recent_weeks(accepted).await?,
        };
        let lacks = accepted.iter().map(|it| {
            let Some(kept) = kept.get(&(it.registry.clone(), it.instance.to_string())) else {
                return Vec::new();
            };
            let weeks = (1..=BACK).rev().map(|weeks| it.week.back(weeks));
            let mut weeks: Vec<Week> = weeks
                .filter(|week| (kept.first..it.week).contains(week) && !kept.weeks.contains(week))
                .collect();
            weeks.dedup();
            weeks
        });
        Ok(lacks.collect())
    }
}

/// Returns the weeks that the store has of the instances of payloads, by registry and instance.
async fn kept(
    database: &Database,
    accepted: &[Accepted],
) -> Result<BTreeMap<(String, String), RecentWeeks>> {
    let mut tx = database.begin(Mode::Read).await?;
    let weeks = match tx.dialect() {
        Dialect::Sqlite => "group_concat(DISTINCT payloads.week)",
        Dialect::Postgres => "string_agg(DISTINCT payloads.week, ',')",
    };
    let mut kept: BTreeMap<(String, String), RecentWeeks> = BTreeMap::new();
    for some in accepted.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT wanted.column1, wanted.column2, min(instance_spans.first_week), coalesce({weeks}, '') \
                 FROM ({}) AS wanted \
                 JOIN instances ON instances.uuid = wanted.column2 \
                 JOIN instance_spans ON instance_spans.registry = wanted.column1 AND instance_spans.instance = instances.id \
                 LEFT JOIN payloads ON payloads.registry = wanted.column1 \
                   AND payloads.instance = instances.id \
                   AND payloads.week >= wanted.column3 AND payloads.week < wanted.column4 \
                 GROUP BY wanted.column1, wanted.column2",
            values(some.len(), 4)
        );
        let texts: Vec<[String; 3]> = some.iter().map(texts).collect();
        let mut binds = Vec::with_capacity(some.len() * 4);
        for (it, [instance, first, week]) in some.iter().zip(&texts) {
            binds.push(Bind::Text(&it.registry));
            binds.extend([instance, first, week].map(|text| Bind::Text(text)));
        }
        for row in tx.rows(&sql, &binds, &[ValueType::Text; 4]).await? {
            if let [
                Cell::Text(registry),
                Cell::Text(instance),
                Cell::Text(first),
                Cell::Text(weeks),
            ] = &row[..]
                && let Ok(first) = first.parse()
            {
                let weeks = weeks.split(',').filter_map(|week| week.parse().ok());
                let weeks = weeks.collect();
                kept.insert(
                    (registry.clone(), instance.clone()),
                    RecentWeeks { first, weeks },
                );
            }
        }
    }
    tx.rollback().await?;
    Ok(kept)
}

/// The weeks that the store has of an instance.
pub(crate) struct RecentWeeks {
    /// The first week that the store has.
    pub(crate) first: Week,
    /// The weeks that the store has, at least in the checked period.
    pub(crate) weeks: BTreeSet<Week>,
}

/// Returns the instance of a payload, the first week that is checked, and the week of the payload.
fn texts(accepted: &Accepted) -> [String; 3] {
    let instance: Uuid = accepted.instance;
    [
        instance.to_string(),
        accepted.week.back(BACK).to_string(),
        accepted.week.to_string(),
    ]
}
