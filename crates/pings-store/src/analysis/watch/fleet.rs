//! The instances of a week, and the weeks with which they are compared.

use std::collections::BTreeMap;

use pings_model::Version;
use pings_payload::Week;

use super::alarm::{Alarm, AlarmKind};
use crate::analysis::statistics::median;
use crate::analysis::trust::Versions;

/// The number of weeks before a week with which it is compared.
pub(crate) const BEFORE: usize = 4;

/// The number of weeks that are compared, with the week itself, which comes first.
pub(crate) const WEEKS: usize = BEFORE + 1;

/// The minimum number of weeks before that an instance must have reported.
const REPORTED: usize = 3;

/// The number of weeks before over which new instances are counted.
pub(crate) const NEW: u32 = 8;

/// The minimum number of instances for any statement.
pub(crate) const INSTANCES: usize = 8;

/// The factor below which a change is a fall.
pub(crate) const FALL: f64 = 0.67;

/// The minimum share of instances that must have fallen.
pub(crate) const AGREEING: f64 = 0.7;

/// The minimum mean of a week before, so that a fall is meaningful.
pub(crate) const COUNTED: f64 = 5.0;

/// A week of an instance.
#[derive(Clone, Debug, Default)]
struct Reported {
    /// The versions that ran, if the product ran.
    versions: Versions,
    events: f64,
}

/// The reports of a fleet for a week and the weeks before.
#[derive(Clone, Debug)]
pub struct WatchedFleet {
    /// The week.
    pub week: Week,
    /// The reports of each instance: for the week, the week before, and so on.
    reports: BTreeMap<i64, [Option<Reported>; WEEKS]>,
    /// The number of instances whose first report is for the week, the week before, and so on.
    new: Vec<u64>,
    /// Whether the store has weeks before those that are compared.
    has_history: bool,
}

/// Instances that are compared with themselves.
#[derive(Clone, Debug)]
pub(crate) struct Panel {
    /// The version that all of them upgraded to, or `None` for all instances.
    pub(crate) version: Option<Version>,
    /// For each instance, which of the weeks before are compared.
    pub(crate) instances: BTreeMap<i64, [bool; WEEKS]>,
}

impl WatchedFleet {
    /// Creates an empty fleet for a week.
    #[must_use]
    pub fn new(week: Week) -> Self {
        Self {
            week,
            reports: BTreeMap::new(),
            new: vec![0; NEW as usize + 1],
            has_history: false,
        }
    }

    /// Adds the report of an instance.
    pub fn report(&mut self, instance: i64, week: Week, versions: &Versions, events: f64) {
        if let Some(place) = self.place(week).filter(|place| *place < WEEKS) {
            let report = Reported {
                versions: versions.clone(),
                events,
            };
            self.reports.entry(instance).or_default()[place] = Some(report);
        }
    }

    /// Adds the number of instances whose first report is for this week.
    pub fn first_reports(&mut self, week: Week, instances: u64) {
        match self.place(week) {
            Some(place) if place < self.new.len() => self.new[place] += instances,
            Some(_) => self.has_history = true,
            None => {}
        }
    }

    /// Returns how many weeks before the watched week a week is.
    pub(crate) fn place(&self, week: Week) -> Option<usize> {
        let days = (self.week.start() - week.start()).whole_days();
        usize::try_from(days / 7).ok().filter(|_| days >= 0)
    }

    /// Returns the instances to compare: all, and those that upgraded to each version within the
    /// compared weeks.
    pub(crate) fn panels(&self) -> Vec<Panel> {
        let ran = |report: &Option<Reported>| {
            let report = report.as_ref();
            report.filter(|it| !it.versions.is_not_running).cloned()
        };
        let mut all = Panel {
            version: None,
            instances: BTreeMap::new(),
        };
        let mut upgraded: BTreeMap<Version, Panel> = BTreeMap::new();
        for (instance, reports) in &self.reports {
            let Some(now) = ran(&reports[0]) else {
                continue;
            };
            let mut before = [false; WEEKS];
            let mut of_older = [false; WEEKS];
            for place in 1..WEEKS {
                let Some(report) = ran(&reports[place]) else {
                    continue;
                };
                before[place] = true;
                let older = now.versions.only().zip(report.versions.only());
                of_older[place] = older.is_some_and(|(now, then)| then < now);
            }
            let weeks = |chosen: &[bool; WEEKS]| chosen.iter().filter(|it| **it).count();
            if weeks(&before) >= REPORTED {
                all.instances.insert(*instance, before);
            }
            // An instance may have upgraded in the week before.
            if let Some(version) = now.versions.only()
                && weeks(&of_older) >= REPORTED - 1
            {
                let panel = upgraded.entry(version).or_insert_with(|| Panel {
                    version: Some(version),
                    instances: BTreeMap::new(),
                });
                panel.instances.insert(*instance, of_older);
            }
        }
        let panels = std::iter::once(all).chain(upgraded.into_values());
        panels
            .filter(|panel| panel.instances.len() >= INSTANCES)
            .collect()
    }

    /// Returns the alarms about the fleet as a whole.
    pub(crate) fn alarms(&self) -> Vec<Alarm> {
        let reported = |place: usize| {
            let all = self.reports.values();
            all.filter(|reports| reports[place].is_some()).count() as u64
        };
        let mut before: Vec<f64> = (1..WEEKS).map(|place| reported(place) as f64).collect();
        let usual = median(&mut before).unwrap_or_default();
        let now = reported(0);
        let mut alarms = Vec::new();
        let kind = match now {
            0 => AlarmKind::Stale,
            _ => AlarmKind::FewerReports,
        };
        let is_judged = usual >= INSTANCES as f64 || now == 0 && usual > 0.0;
        if is_judged && (now as f64) < 0.7 * usual {
            let missing = usual as u64 - now.min(usual as u64);
            alarms.push(self.alarm(kind, usual as u64, missing, usual, now as f64));
        }
        alarms.extend(self.many_new(usual));
        alarms.extend(self.fell());
        alarms
    }

    fn many_new(&self, usual: f64) -> Option<Alarm> {
        let mut before: Vec<f64> = self.new[1..].iter().map(|count| *count as f64).collect();
        // The first weeks of a store have new instances only.
        if !self.has_history {
            return None;
        }
        let expected = median(&mut before)?;
        let found = self.new[0] as f64;
        let is_jump = found >= 10.0 && found > 5.0 * (expected + 1.0) && found > 0.1 * usual;
        let known = usual as u64 + self.new[0];
        is_jump.then(|| self.alarm(AlarmKind::ManyNew, known, self.new[0], expected, found))
    }

    /// Whether the events of most instances fell. At the turn of the year, everybody is away.
    fn fell(&self) -> Option<Alarm> {
        let panel = self.panels().into_iter().find(|it| it.version.is_none())?;
        let name = self.week.to_string();
        if ["W51", "W52", "W53", "W01"]
            .iter()
            .any(|it| name.ends_with(it))
        {
            return None;
        }
        let (mut changes, mut expected, mut found) = (Vec::new(), 0.0, 0.0);
        for (instance, weeks) in &panel.instances {
            let events = |place: usize| {
                let report = self.reports[instance][place].as_ref();
                report.map_or(0.0, |it| it.events)
            };
            let chosen = (1..WEEKS).filter(|place| weeks[*place]);
            let before: Vec<f64> = chosen.map(events).collect();
            let mean = before.iter().sum::<f64>() / before.len() as f64;
            if mean >= COUNTED {
                changes.push(moved(mean, events(0)));
                expected += mean;
                found += events(0);
            }
        }
        let affected = changes.iter().filter(|it| **it < 0.85_f64.ln()).count();
        let (count, middle) = (changes.len(), median(&mut changes)?);
        let is_fall =
            count >= INSTANCES && middle < FALL.ln() && affected as f64 >= AGREEING * count as f64;
        let (count, affected) = (count as u64, affected as u64);
        is_fall.then(|| self.alarm(AlarmKind::FleetFell, count, affected, expected, found))
    }

    fn alarm(
        &self,
        kind: AlarmKind,
        instances: u64,
        affected: u64,
        expected: f64,
        found: f64,
    ) -> Alarm {
        Alarm {
            kind,
            week: self.week,
            code: None,
            group: None,
            version: None,
            instances,
            affected,
            expected,
            found,
        }
    }
}

/// Returns the logarithm of a change. Half an event is added on both sides, so that 0 has a
/// logarithm.
pub(crate) fn moved(before: f64, after: f64) -> f64 {
    ((after.max(0.0) + 0.5) / (before.max(0.0) + 0.5)).ln()
}
