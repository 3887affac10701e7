//! The impact of a broken range, and when the fleet will have moved past it.

mod curve;
mod json;
mod recovery;
mod reports;

pub use curve::{Curve, Milestone};
pub use recovery::{Recovery, RolloutEta};

use std::collections::BTreeMap;

use pings_model::{Broken, Registry, VersionRange};
use pings_payload::Week;
use time::OffsetDateTime;

use crate::analysis::series::{incomplete, metric, origins, stored_weeks};
use crate::analysis::statistics::share;
use crate::store::Store;
use pings_database::Result;
use reports::Reports;

/// The impact of a broken range, and when the fleet will have moved past it.
#[derive(Clone, Debug, PartialEq)]
pub struct Impact {
    /// The broken range. A hypothetical range has neither a reason nor a fix.
    pub broken: Broken,
    /// The weeks from the first affected one to the last, without gaps.
    pub weeks: Vec<ImpactWeek>,
    /// The newest weeks, which are excluded because too few instances have sent them so far.
    pub incomplete: Vec<Week>,
    /// The number of instances that ever ran a version in the range.
    pub instances: u64,
    /// The number of instances that ever reported.
    pub all_instances: u64,
    /// How the fleet moves past the versions in the range.
    pub healing: Recovery,
}

/// A week in the impact of a broken range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ImpactWeek {
    /// The week.
    pub week: Week,
    /// The number of instances that ran a version in the range.
    pub touched: u64,
    /// The number of instances that reported.
    pub instances: u64,
    /// The number of events that versions in the range logged.
    pub touched_events: u64,
    /// The number of events.
    pub events: u64,
}

impl Impact {
    /// Returns the share of instances that ran a version in the range, summed over the weeks.
    #[must_use]
    pub fn share_of_instance_weeks(&self) -> f64 {
        let sum = |of: fn(&ImpactWeek) -> u64| self.weeks.iter().map(of).sum::<u64>();
        share(sum(|it| it.touched), sum(|it| it.instances))
    }

    /// Returns the share of events that versions in the range logged, summed over the weeks.
    #[must_use]
    pub fn share_of_events(&self) -> f64 {
        let sum = |of: fn(&ImpactWeek) -> u64| self.weeks.iter().map(of).sum::<u64>();
        share(sum(|it| it.touched_events), sum(|it| it.events))
    }
}

impl Store {
    /// Returns the impact of each declared broken range of a code, or of the hypothetical range
    /// `supposed`. Weeks that are incomplete at the time `now` are excluded.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry does not have the code, or if the database does not answer.
    pub async fn impact(
        &self,
        registry: &Registry,
        code: &str,
        supposed: Option<VersionRange>,
        now: Option<OffsetDateTime>,
    ) -> Result<Vec<Impact>> {
        let (ping, metric) = metric(registry, code)?;
        let breakages = match supposed {
            Some(versions) => vec![Broken {
                versions,
                reason: None,
                fix: None,
            }],
            None => ping.life(metric).broken().cloned().collect(),
        };
        let mut tx = self.read().await?;
        let Some((first, newest)) = stored_weeks(&mut tx, registry).await? else {
            return Ok(Vec::new());
        };
        let mut incomplete = incomplete(&mut tx, registry, now).await?;
        if incomplete.contains(&first) {
            // All weeks are incomplete, so none is excluded.
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
                healing: Recovery::of(&reports, broken.versions, &curve),
                broken,
            });
        }
        tx.end().await?;
        Ok(impacts)
    }
}

/// Returns the weeks from the first to the last that a range affected.
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
