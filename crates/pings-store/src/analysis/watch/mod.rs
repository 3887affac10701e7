//! Finds what went wrong in a week, as soon as the week has been sent.
//!
//! Instances are compared with themselves in the four weeks before: all instances, and those that
//! upgraded to each version. The median over the instances decides, so that neither large instances
//! nor outliers do. Values that the registry does not trust are not compared.

mod alarm;
mod code;
mod fleet;
mod json;
mod load;

use std::collections::BTreeMap;

use pings_database::Result;
use pings_model::{Aggregation, Registry, Version};
use pings_payload::Week;
use time::{Duration, OffsetDateTime};

pub use alarm::{Alarm, AlarmKind};
use code::Change;
pub use code::WatchedCode;
pub use fleet::WatchedFleet;

use crate::analysis::series::origins;
use crate::analysis::statistics::median;
use crate::store::Store;

/// How long after its end a week is sent, as for series.
const SENT: Duration = Duration::days(3);

/// The minimum number of other codes for an expected change.
const OTHERS: usize = 3;

/// The result of a watch.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// The week that was examined.
    pub week: Week,
    /// The newest week that any instance reported; `None` for a store without payloads.
    pub newest: Option<Week>,
    /// The alarms, those of the fleet as a whole first.
    pub alarms: Vec<Alarm>,
}

impl Store {
    /// Examines a week: by default the newest week that all instances had time to send at the time
    /// `now`.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not answer.
    pub async fn watch(
        &self,
        registry: &Registry,
        week: Option<Week>,
        now: OffsetDateTime,
    ) -> Result<Watch> {
        let week = week.unwrap_or_else(|| Week::last_complete(now - SENT));
        let mut tx = self.read().await?;
        let newest = load::newest(&mut tx, registry, now).await?;
        let mut watch = Watch {
            week,
            newest,
            alarms: Vec::new(),
        };
        let fleet = load::fleet(&mut tx, registry, week).await?;
        // A store whose newest payloads are older than the compared weeks has nothing to compare.
        if newest.is_some_and(|newest| newest < week.back(1)) {
            watch.alarms.push(Alarm::stale(week));
            return Ok(watch);
        }
        let origins = origins(&mut tx, registry).await?;
        let mut judged = Judged::new(&fleet);
        if judged.is_worth_it() {
            for (place, (ping, metric)) in registry.metrics().enumerate() {
                let code =
                    load::code(&mut tx, registry, (ping, metric), (&fleet, &origins)).await?;
                judged.add((place, ping.aggregation, &metric.code), &code);
            }
        }
        tx.end().await?;
        watch.alarms = judged.alarms();
        Ok(watch)
    }
}

/// The judgement on a week.
pub struct Judged<'f> {
    fleet: &'f WatchedFleet,
    panels: Vec<fleet::Panel>,
    alarms: Vec<Alarm>,
    changes: Vec<CodeChange>,
}

/// The change of a code in a panel.
struct CodeChange {
    /// The index of the code.
    place: usize,
    aggregation: Aggregation,
    code: String,
    change: Change,
}

impl<'f> Judged<'f> {
    /// Starts the judgement on the week of a fleet.
    #[must_use]
    pub fn new(fleet: &'f WatchedFleet) -> Self {
        Self {
            fleet,
            panels: fleet.panels(),
            alarms: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Returns whether there are enough instances to compare codes.
    #[must_use]
    pub fn is_worth_it(&self) -> bool {
        !self.panels.is_empty()
    }

    /// Adds a code: its index, the aggregation of its ping and its name, with its values.
    pub fn add(
        &mut self,
        (place, aggregation, name): (usize, Aggregation, &str),
        code: &WatchedCode,
    ) {
        for panel in &self.panels {
            let (alarms, change) = code.judge(name, self.fleet.week, panel);
            // All instances show it, so the instances of a version are not named as well.
            let is_told = |alarm: &Alarm| {
                let mut told = self.alarms.iter();
                told.any(|it| {
                    it.kind == alarm.kind
                        && it.code == alarm.code
                        && it.group == alarm.group
                        && it.version.is_none()
                })
            };
            let alarms: Vec<Alarm> = alarms.into_iter().filter(|it| !is_told(it)).collect();
            self.alarms.extend(alarms);
            let change = change.map(|change| CodeChange {
                place,
                aggregation,
                code: name.to_owned(),
                change,
            });
            self.changes.extend(change);
        }
    }

    /// Returns all alarms.
    #[must_use]
    pub fn alarms(self) -> Vec<Alarm> {
        let mut all = self.fleet.alarms();
        let mut by_panel: BTreeMap<Option<Version>, Vec<&CodeChange>> = BTreeMap::new();
        for change in &self.changes {
            let panel = by_panel.entry(change.change.version).or_default();
            panel.push(change);
        }
        let mut alarms = self.alarms;
        for changes in by_panel.values() {
            for of_code in changes {
                let is_other = |it: &&&CodeChange| {
                    it.place != of_code.place && it.aggregation == of_code.aggregation
                };
                let others = changes.iter().filter(is_other);
                let mut others: Vec<f64> = others.map(|it| it.change.middle).collect();
                let expected = match others.len() < OTHERS {
                    true => 0.0,
                    false => median(&mut others).unwrap_or_default(),
                };
                if let Some(alarm) = of_code
                    .change
                    .alarm(&of_code.code, self.fleet.week, expected)
                    && !alarms
                        .iter()
                        .any(|it| it.code == alarm.code && it.version.is_none())
                {
                    alarms.push(alarm);
                }
            }
        }
        alarms.sort_by(|one, other| {
            let key = |it: &Alarm| (it.version, it.kind, it.code.clone(), it.group.clone());
            key(one).cmp(&key(other))
        });
        all.extend(alarms);
        all
    }
}
