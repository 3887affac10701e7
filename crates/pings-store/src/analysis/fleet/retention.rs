//! How many instances are still active some weeks after their first one.

use std::collections::{BTreeMap, HashMap};

use pings_database::Result;
use pings_model::Registry;
use pings_payload::Week;
use serde_json::{Map, Value as Json, json};

use super::active::{first_weeks, reports};
use super::options::FleetOptions;
use crate::analysis::cohort::{Cohort, Cohorts, InstancesBy};
use crate::analysis::series::{self, incomplete, origins, stored_weeks};
use crate::analysis::statistics::share;
use crate::store::Store;

/// The numbers of weeks after the first week of an instance.
pub const OFFSETS: [u32; 5] = [1, 4, 12, 26, 52];

/// How many instances are still active some weeks after their first one.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    /// The property by which instances are grouped; otherwise the month of their first week.
    pub by: Option<InstancesBy>,
    /// The groups, and all instances at the end. Instances that were active in the first week of
    /// the store are left out, because their first week is not known.
    pub cohorts: Vec<RetentionCohort>,
    /// The number of instances that were active in the first week of the store.
    pub from_the_start: u64,
}

/// The instances of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RetentionCohort {
    /// The group, such as `2026-04` or `enterprise`. Instances without the property have none.
    pub name: Option<String>,
    /// Whether these are the instances of all groups.
    pub is_all: bool,
    /// The number of instances.
    pub instances: u64,
    /// For each of [`OFFSETS`], the number of instances whose week is complete by now, and how many
    /// were active in it.
    pub kept: [(u64, u64); OFFSETS.len()],
}

impl Store {
    /// Returns how many instances are still active some weeks after their first one. The first
    /// weeks are those of the options, and the property of an instance is that of its first week.
    ///
    /// # Errors
    ///
    /// Returns an error if instances do not have the attribute, or if the database does not answer.
    pub async fn retention(
        &self,
        registry: &Registry,
        options: &FleetOptions,
    ) -> Result<Retention> {
        let mut tx = self.read().await?;
        let mut retention = Retention {
            by: options.by.clone(),
            cohorts: Vec::new(),
            from_the_start: 0,
        };
        let mut cohorts = Cohorts::load(&mut tx, options.by.as_ref()).await?;
        let weeks = (options.weeks, options.until);
        let shown = series::weeks(&mut tx, registry, weeks).await?;
        let stored = stored_weeks(&mut tx, registry).await?;
        let (Some((first, last)), Some((start, _))) = (shown, stored) else {
            return Ok(retention);
        };
        let origins = origins(&mut tx, registry).await?;
        let incomplete = incomplete(&mut tx, registry, options.now).await?;
        let first_weeks = first_weeks(&mut tx, registry).await?;
        // The week in which each instance was first active, with its group.
        let mut known: HashMap<i64, (Week, usize)> = HashMap::new();
        let mut groups: BTreeMap<(Option<Cohort>, Option<String>), usize> = BTreeMap::new();
        let mut found: Vec<RetentionCohort> = Vec::new();
        for week in (series::Span {
            registry,
            weeks: (first, last),
        })
        .all()
        {
            cohorts.turn_to(&mut tx, registry, week).await?;
            let reports = reports(&mut tx, registry, week).await?;
            for report in reports.iter().filter(|report| report.is_active) {
                let instance = report.instance;
                if first_weeks.get(&instance) != Some(&week) {
                    let Some((first, place)) = known.get(&instance) else {
                        continue;
                    };
                    let offset = OFFSETS
                        .iter()
                        .position(|weeks| first.forward(*weeks) == week);
                    // Instances that have not sent the week yet would look inactive.
                    if let Some(offset) = offset.filter(|_| !incomplete.contains(&week)) {
                        found[*place].kept[offset].1 += 1;
                    }
                    continue;
                }
                if week == start {
                    retention.from_the_start += 1;
                    continue;
                }
                let cohort = cohorts.of(instance, origins.versions(report.origin));
                // Without a property, the text that orders the groups is also their name.
                let month = cohort.is_none().then(|| month(week));
                let name = cohort.as_ref().map_or(month.clone(), Cohort::name);
                let place = *groups.entry((cohort, month)).or_insert_with(|| {
                    found.push(RetentionCohort {
                        name,
                        ..RetentionCohort::default()
                    });
                    found.len() - 1
                });
                known.insert(instance, (week, place));
                found[place].instances += 1;
                for (offset, weeks) in OFFSETS.iter().enumerate() {
                    let then = week.forward(*weeks);
                    if then <= last && !incomplete.contains(&then) {
                        found[place].kept[offset].0 += 1;
                    }
                }
            }
        }
        tx.end().await?;
        retention.cohorts = groups
            .into_values()
            .map(|place| found[place].clone())
            .collect();
        retention.cohorts.push(all(&retention.cohorts));
        Ok(retention)
    }
}

/// Returns the sum of all groups.
fn all(cohorts: &[RetentionCohort]) -> RetentionCohort {
    let mut all = RetentionCohort {
        is_all: true,
        ..RetentionCohort::default()
    };
    for cohort in cohorts {
        all.instances += cohort.instances;
        for (sum, kept) in all.kept.iter_mut().zip(cohort.kept) {
            *sum = (sum.0 + kept.0, sum.1 + kept.1);
        }
    }
    all
}

/// Returns the month in which a week begins.
fn month(week: Week) -> String {
    let start = week.start().date();
    format!("{:04}-{:02}", start.year(), u8::from(start.month()))
}

impl RetentionCohort {
    /// Returns the share of instances that were active a number of weeks after their first week,
    /// for each of [`OFFSETS`], if any instance is old enough.
    #[must_use]
    pub fn shares(&self) -> [Option<f64>; OFFSETS.len()] {
        self.kept
            .map(|(known, active)| (known > 0).then(|| share(active, known)))
    }
}

impl Retention {
    /// Returns the name of the property by which instances are grouped.
    #[must_use]
    pub fn by_name(&self) -> &str {
        self.by.as_ref().map_or("first_month", InstancesBy::name)
    }

    /// Returns the answer as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let cohorts = self.cohorts.iter().map(|cohort| {
            let mut json = Map::new();
            if cohort.is_all {
                json.insert("all".to_owned(), true.into());
            } else {
                json.insert(self.by_name().to_owned(), cohort.name.clone().into());
            }
            json.insert("instances".to_owned(), cohort.instances.into());
            let kept = OFFSETS.iter().zip(cohort.kept).zip(cohort.shares());
            let kept = kept.map(|((weeks, (known, active)), share)| {
                json!({ "weeks": weeks, "instances": known, "active": active, "share": share })
            });
            json.insert("retained".to_owned(), kept.collect());
            Json::from(json)
        });
        json!({
            "by": self.by_name(),
            "cohorts": cohorts.collect::<Vec<_>>(),
            "from_the_start": self.from_the_start,
        })
    }
}
