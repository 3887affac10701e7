//! What a breakage touched, and when it will have healed.

mod curve;
mod heal;
mod reports;

pub use curve::{Curve, Milestone};
pub use heal::{Healing, Reached};

use std::collections::BTreeMap;

use pings_model::{Broken, Registry, VersionRange};
use pings_payload::Week;
use time::OffsetDateTime;

use crate::series::{incomplete, metric, origins, stored_weeks};
use crate::{Mode, Result, Store};
use reports::Reports;

/// What a breakage touched, and when it will have healed.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// The breakage; of one that is only supposed the versions alone.
    pub broken: Broken,
    /// The weeks from the first that it touched to the last, without a gap.
    pub weeks: Vec<ImpactWeek>,
    /// The newest weeks, which are left out: too few instances have sent them so far.
    pub incomplete: Vec<Week>,
    /// How many instances ever had one of its versions.
    pub instances: u64,
    /// How many there were at all.
    pub all_instances: u64,
    /// How the fleet gets rid of its versions.
    pub healing: Healing,
}

/// A week of a breakage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactWeek {
    /// The week.
    pub week: Week,
    /// How many instances had one of its versions.
    pub touched: u64,
    /// How many reported.
    pub instances: u64,
    /// How many events one of its versions logged.
    pub touched_events: u64,
    /// How many events there were.
    pub events: u64,
}

impl Impact {
    /// Which part of the instances that reported in its weeks had one of its versions, week by
    /// week.
    #[must_use]
    pub fn share_of_instance_weeks(&self) -> f64 {
        let sum = |of: fn(&ImpactWeek) -> u64| self.weeks.iter().map(of).sum::<u64>();
        share(sum(|it| it.touched), sum(|it| it.instances))
    }

    /// Which part of the events in its weeks one of its versions logged.
    #[must_use]
    pub fn share_of_events(&self) -> f64 {
        let sum = |of: fn(&ImpactWeek) -> u64| self.weeks.iter().map(of).sum::<u64>();
        share(sum(|it| it.touched_events), sum(|it| it.events))
    }
}

pub(crate) fn share(part: u64, whole: u64) -> f64 {
    match whole {
        0 => 0.0,
        whole => part as f64 / whole as f64,
    }
}

impl Store {
    /// What the declared breakages of a code touched; or versions that are supposed to be broken.
    /// Weeks that are incomplete at the moment `now` are left out.
    ///
    /// # Errors
    ///
    /// Where the registry has no such code, or the database does not answer.
    pub async fn impact(
        &self,
        registry: &Registry,
        code: &str,
        supposed: Option<VersionRange>,
        now: Option<OffsetDateTime>,
    ) -> Result<Vec<Impact>> {
        let (ping, _) = metric(registry, code)?;
        let breakages = match supposed {
            Some(versions) => vec![Broken {
                versions,
                reason: None,
                fix: None,
            }],
            None => ping.broken.clone(),
        };
        let mut tx = self.database.begin(Mode::Read).await?;
        let Some((first, newest)) = stored_weeks(&mut tx, registry).await? else {
            return Ok(Vec::new());
        };
        let mut incomplete = incomplete(&mut tx, registry, now).await?;
        if incomplete.contains(&first) {
            // There is no other week.
            incomplete.clear();
        }
        let last = incomplete.first().map_or(newest, |week| week.back(1));
        let weeks = (first, last);
        let origins = origins(&mut tx, registry).await?;
        let reports = Reports::read(&mut tx, registry, weeks, &origins).await?;
        let curve = Curve::of(&reports);
        let mut impacts = Vec::with_capacity(breakages.len());
        for broken in breakages {
            let (instances, all_instances) =
                reports::ever(&mut tx, registry, broken.versions).await?;
            impacts.push(Impact {
                weeks: touched(&reports, broken.versions),
                incomplete: incomplete.iter().copied().collect(),
                instances,
                all_instances,
                healing: Healing::of(&reports, broken.versions, &curve),
                broken,
            });
        }
        tx.rollback().await?;
        Ok(impacts)
    }
}

/// The weeks that a range touched, from the first to the last.
fn touched(reports: &Reports, range: VersionRange) -> Vec<ImpactWeek> {
    let mut weeks: BTreeMap<Week, ImpactWeek> = BTreeMap::new();
    for week in reports.weeks() {
        weeks.insert(
            week,
            ImpactWeek {
                week,
                touched: 0,
                instances: 0,
                touched_events: 0,
                events: 0,
            },
        );
    }
    for (week, versions, count) in &reports.instances {
        if let Some(of_week) = weeks.get_mut(week) {
            let is_touched = versions.known.iter().any(|it| range.contains(*it));
            of_week.instances += count;
            of_week.touched += if is_touched { *count } else { 0 };
        }
    }
    for (week, version, events) in &reports.events {
        if let Some(of_week) = weeks.get_mut(week) {
            let is_touched = version.is_some_and(|it| range.contains(it));
            of_week.events += events;
            of_week.touched_events += if is_touched { *events } else { 0 };
        }
    }
    let is_touched = |it: &ImpactWeek| it.touched > 0;
    let weeks: Vec<ImpactWeek> = weeks.into_values().collect();
    match (
        weeks.iter().position(is_touched),
        weeks.iter().rposition(is_touched),
    ) {
        (Some(first), Some(last)) => weeks[first..=last].to_vec(),
        _ => Vec::new(),
    }
}
