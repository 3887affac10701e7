//! How many instances are active, new, back and gone, week by week.

use std::collections::{BTreeMap, HashSet};

use pings_database::Result;
use pings_model::{Registry, Version};
use pings_payload::Week;
use serde_json::{Map, Value as Json, json};

use super::active::{first_weeks, reports};
use super::options::FleetOptions;
use crate::analysis::cohort::{Cohort, Cohorts, InstancesBy};
use crate::analysis::series::{self, incomplete, origins};
use crate::analysis::trust::Versions;
use crate::store::Store;

/// The instances of the fleet, week by week.
#[derive(Clone, Debug, PartialEq)]
pub struct Fleet {
    /// The property by which instances are grouped.
    pub by: Option<InstancesBy>,
    /// The weeks, without gaps.
    pub weeks: Vec<FleetWeek>,
}

/// The instances of a week. The active instances are those of the week before, plus `new` and
/// `returned`, minus `lost`.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetWeek {
    /// The week.
    pub week: Week,
    /// Whether the fleet had time to send the week.
    pub is_complete: bool,
    /// The number of instances that reported the week.
    pub reported: u64,
    /// The number of instances with an event in the week.
    pub active: u64,
    /// The number of active instances that never were active before.
    pub new: u64,
    /// The number of active instances that were active before, but not in the week before.
    pub returned: u64,
    /// The number of instances that were active in the week before, and are not in this week.
    pub lost: u64,
    /// The number of active instances by group, in the order of the groups.
    pub groups: Vec<(Cohort, u64)>,
    /// The number of active instances by the versions that ran in the week. Instances at which other
    /// than released versions ran are not counted.
    pub versions: Vec<(Vec<Version>, u64)>,
}

impl Store {
    /// Returns how many instances are active, week by week. Trust does not matter: an instance is
    /// active at a broken version, too.
    ///
    /// # Errors
    ///
    /// Returns an error if instances do not have the attribute, or if the database does not answer.
    pub async fn fleet(&self, registry: &Registry, options: &FleetOptions) -> Result<Fleet> {
        let mut fleet = Fleet {
            by: options.by.clone(),
            weeks: Vec::new(),
        };
        let mut tx = self.read().await?;
        let mut cohorts = Cohorts::load(&mut tx, options.by.as_ref()).await?;
        let weeks = (options.weeks, options.until);
        let Some((first, last)) = series::weeks(&mut tx, registry, weeks).await? else {
            return Ok(fleet);
        };
        let origins = origins(&mut tx, registry).await?;
        let incomplete = incomplete(&mut tx, registry, options.now).await?;
        let first_weeks = first_weeks(&mut tx, registry).await?;
        let earlier = reports(&mut tx, registry, first.back(1)).await?.into_iter();
        let earlier = earlier.filter(|report| report.is_active);
        let mut before: HashSet<i64> = earlier.map(|report| report.instance).collect();
        for week in (series::Span {
            registry,
            weeks: (first, last),
        })
        .all()
        {
            cohorts.turn_to(&mut tx, registry, week).await?;
            let reports = reports(&mut tx, registry, week).await?;
            let mut groups = BTreeMap::<Cohort, u64>::new();
            let mut by_versions = BTreeMap::<Vec<Version>, u64>::new();
            let (mut active, mut new, mut returned) = (HashSet::new(), 0, 0);
            for report in reports.iter().filter(|report| report.is_active) {
                let instance = report.instance;
                active.insert(instance);
                if first_weeks.get(&instance) == Some(&week) {
                    new += 1;
                } else if !before.contains(&instance) {
                    returned += 1;
                }
                let versions = origins.versions(report.origin);
                if let Some(released) = versions.and_then(Versions::all_released) {
                    *by_versions.entry(released.to_vec()).or_default() += 1;
                }
                if let Some(cohort) = cohorts.of(instance, versions) {
                    *groups.entry(cohort).or_default() += 1;
                }
            }
            fleet.weeks.push(FleetWeek {
                week,
                is_complete: !incomplete.contains(&week),
                reported: reports.len() as u64,
                active: active.len() as u64,
                new,
                returned,
                lost: before.difference(&active).count() as u64,
                groups: groups.into_iter().collect(),
                versions: by_versions.into_iter().collect(),
            });
            before = active;
        }
        tx.end().await?;
        Ok(fleet)
    }
}

impl Fleet {
    /// Returns the answer as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let weeks = self.weeks.iter().map(|week| {
            let mut json = json!({
                "week": week.week.to_string(),
                "complete": week.is_complete,
                "reported": week.reported,
                "active": week.active,
                "new": week.new,
                "returned": week.returned,
                "lost": week.lost,
            });
            if let Some(by) = &self.by {
                let groups = week.groups.iter().map(|(cohort, active)| {
                    let mut json = Map::new();
                    json.insert(by.name().to_owned(), cohort.name().into());
                    json.insert("active".to_owned(), (*active).into());
                    Json::from(json)
                });
                json["groups"] = groups.collect();
            }
            json
        });
        json!({
            "by": self.by.as_ref().map(InstancesBy::name),
            "weeks": weeks.collect::<Vec<_>>(),
        })
    }
}
