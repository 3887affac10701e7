//! The values of a code in a week, compared with those of the same instances in the weeks before.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::Version;
use pings_payload::Week;

use super::alarm::{Alarm, AlarmKind};
use super::fleet::{AGREEING, COUNTED, FALL, INSTANCES, Panel, WEEKS, moved};
use crate::analysis::statistics::{error_of_median, median};

/// The minimum mean of an instance whose value can vanish.
const REGULAR: f64 = 2.0;

/// The maximum share of instances that may still have a value that vanished.
const LEFT: f64 = 0.1;

/// The minimum distance of a fall from no change, in standard errors.
const ERRORS: f64 = 5.0;

/// The minimum share of failing instances.
const FAILING: f64 = 0.2;

/// The values of a code.
#[derive(Clone, Debug, Default)]
pub struct WatchedCode {
    /// The values of each group by instance. The groups are the JSON of their dimensions.
    groups: BTreeMap<String, BTreeMap<i64, [f64; WEEKS]>>,
    /// For each instance, the weeks in which it measured the code and is trusted.
    measured: BTreeMap<i64, [bool; WEEKS]>,
    /// For each instance, the weeks in which it failed to measure the code.
    failed: BTreeMap<i64, [bool; WEEKS]>,
    /// The instances whose value for the week is not trusted, or comes from a version that does not
    /// have the code.
    excluded: BTreeSet<i64>,
}

/// The change of a code in a panel, from which the expected change of other codes is derived.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// The version of the panel.
    pub(crate) version: Option<Version>,
    /// The logarithm of the median change.
    pub(crate) middle: f64,
    /// The logarithms of the changes of all instances.
    changes: Vec<f64>,
    expected: f64,
    found: f64,
    /// Whether the code vanished, which is reported instead.
    vanished: bool,
}

impl WatchedCode {
    /// Adds a value of a group. `place` is how many weeks before the watched week it was measured.
    pub fn value(&mut self, group: &str, instance: i64, place: usize, value: f64) {
        if place < WEEKS {
            self.measured(instance, place);
            if !self.groups.contains_key(group) {
                self.groups.insert(group.to_owned(), BTreeMap::new());
            }
            if let Some(values) = self.groups.get_mut(group) {
                values.entry(instance).or_default()[place] += value;
            }
        }
    }

    /// Adds that an instance measured the code, perhaps without any group.
    pub fn measured(&mut self, instance: i64, place: usize) {
        if place < WEEKS {
            self.measured.entry(instance).or_default()[place] = true;
        }
    }

    /// Adds that an instance failed to measure the code.
    pub fn failed(&mut self, instance: i64, place: usize) {
        if place < WEEKS {
            self.failed.entry(instance).or_default()[place] = true;
        }
    }

    /// Excludes an instance, because its numbers of the watched week say nothing about the code.
    pub fn exclude(&mut self, instance: i64) {
        self.excluded.insert(instance);
    }

    /// Returns the alarms of a panel that do not depend on other codes, and the change.
    pub(crate) fn judge(
        &self,
        code: &str,
        week: Week,
        panel: &Panel,
    ) -> (Vec<Alarm>, Option<Change>) {
        let blank = |kind| Alarm {
            kind,
            week,
            code: Some(code.to_owned()),
            group: None,
            version: panel.version,
            instances: 0,
            affected: 0,
            expected: 0.0,
            found: 0.0,
        };
        let mut alarms = Vec::new();
        if let Some(alarm) = self.failing(panel, blank(AlarmKind::Failing)) {
            alarms.push(alarm);
            return (alarms, None);
        }
        let mut total: BTreeMap<i64, [f64; WEEKS]> = BTreeMap::new();
        for values in self.groups.values() {
            for (instance, weeks) in values {
                let sum = total.entry(*instance).or_default();
                for (sum, value) in sum.iter_mut().zip(weeks) {
                    *sum += value;
                }
            }
        }
        let whole = self.vanished(&total, panel, true, blank(AlarmKind::Vanished));
        let change = self.change(&total, panel, whole.is_some());
        match whole {
            Some(alarm) => alarms.push(alarm),
            None if self.groups.len() > 1 => {
                for (group, values) in &self.groups {
                    let found = self.vanished(values, panel, false, blank(AlarmKind::Vanished));
                    alarms.extend(found.map(|alarm| Alarm {
                        group: Some(group.clone()),
                        ..alarm
                    }));
                }
            }
            None => {}
        }
        (alarms, change)
    }

    /// Returns the mean of an instance over the weeks before, and whether it had a value in each of
    /// them.
    fn before(
        &self,
        values: &[f64; WEEKS],
        instance: i64,
        weeks: &[bool; WEEKS],
    ) -> Option<(f64, bool)> {
        let measured = self.measured.get(&instance)?;
        let chosen = (1..WEEKS).filter(|place| weeks[*place] && measured[*place]);
        let chosen: Vec<f64> = chosen.map(|place| values[place]).collect();
        if chosen.len() < 2 {
            return None;
        }
        let mean = chosen.iter().sum::<f64>() / chosen.len() as f64;
        Some((mean, chosen.iter().all(|value| *value > 0.0)))
    }

    /// Whether instances that always had a value no longer have it. A code that is no longer sent
    /// has no value; a group has none only where the code was measured.
    fn vanished(
        &self,
        values: &BTreeMap<i64, [f64; WEEKS]>,
        panel: &Panel,
        is_whole: bool,
        alarm: Alarm,
    ) -> Option<Alarm> {
        let (mut regular, mut gone, mut expected, mut found) = (0_u64, 0_u64, 0.0, 0.0);
        for (instance, weeks) in &panel.instances {
            let Some(of_instance) = values.get(instance) else {
                continue;
            };
            let is_measured = self.measured.get(instance).is_some_and(|it| it[0]);
            let is_failed = self.failed.get(instance).is_some_and(|it| it[0]);
            let is_known = is_measured || is_whole && !is_failed;
            let Some((mean, true)) = self.before(of_instance, *instance, weeks) else {
                continue;
            };
            if mean < REGULAR || !is_known || self.excluded.contains(instance) {
                continue;
            }
            regular += 1;
            gone += u64::from(of_instance[0] <= 0.0);
            expected += mean;
            found += of_instance[0];
        }
        let is_gone = regular >= INSTANCES as u64
            && (regular - gone) as f64 <= LEFT * regular as f64
            && found <= LEFT * expected;
        is_gone.then_some(Alarm {
            instances: regular,
            affected: gone,
            expected,
            found,
            ..alarm
        })
    }

    fn change(
        &self,
        total: &BTreeMap<i64, [f64; WEEKS]>,
        panel: &Panel,
        vanished: bool,
    ) -> Option<Change> {
        let (mut changes, mut expected, mut found) = (Vec::new(), 0.0, 0.0);
        for (instance, weeks) in &panel.instances {
            let is_measured = self.measured.get(instance).is_some_and(|it| it[0]);
            let zeros = [0.0; WEEKS];
            let values = total.get(instance).unwrap_or(&zeros);
            if !is_measured || self.excluded.contains(instance) {
                continue;
            }
            if let Some((mean, _)) = self.before(values, *instance, weeks)
                && mean >= COUNTED
            {
                changes.push(moved(mean, values[0]));
                expected += mean;
                found += values[0];
            }
        }
        if changes.len() < INSTANCES {
            return None;
        }
        let middle = median(&mut changes)?;
        Some(Change {
            version: panel.version,
            middle,
            changes,
            expected,
            found,
            vanished,
        })
    }

    /// Whether the share of instances that fail grew.
    fn failing(&self, panel: &Panel, alarm: Alarm) -> Option<Alarm> {
        let (mut now, mut failing, mut before, mut failed) = (0_u64, 0_u64, 0_u64, 0_u64);
        for (instance, weeks) in &panel.instances {
            if self.excluded.contains(instance) {
                continue;
            }
            let measured = self.measured.get(instance).copied().unwrap_or_default();
            let failures = self.failed.get(instance).copied().unwrap_or_default();
            now += u64::from(measured[0] || failures[0]);
            failing += u64::from(failures[0] && !measured[0]);
            for place in (1..WEEKS).filter(|place| weeks[*place]) {
                before += u64::from(measured[place] || failures[place]);
                failed += u64::from(failures[place] && !measured[place]);
            }
        }
        if now < INSTANCES as u64 || before < 2 * now {
            return None;
        }
        let share = failing as f64 / now as f64;
        // One more failure than there was, so that a few weeks without any do not prove that there
        // are none.
        let usual = (failed + 1) as f64 / (before + 1) as f64;
        let error = (usual * (1.0 - usual) / now as f64).sqrt();
        let is_growing = share >= FAILING && failing >= 5 && share > usual + ERRORS * error;
        is_growing.then_some(Alarm {
            instances: now,
            affected: failing,
            expected: usual * now as f64,
            found: failing as f64,
            ..alarm
        })
    }
}

impl Change {
    /// Returns an alarm if the code fell by more than the others.
    pub(crate) fn alarm(&self, code: &str, week: Week, others: f64) -> Option<Alarm> {
        let changes: Vec<f64> = self.changes.iter().map(|change| change - others).collect();
        let middle = self.middle - others;
        let affected = changes.iter().filter(|it| **it < 0.85_f64.ln()).count();
        let error = error_of_median(&changes, middle).unwrap_or_default();
        let is_fall = !self.vanished
            && middle < FALL.ln()
            && middle.abs() > ERRORS * error.max(0.02)
            && affected as f64 >= AGREEING * changes.len() as f64;
        is_fall.then(|| Alarm {
            kind: AlarmKind::CodeFell,
            week,
            code: Some(code.to_owned()),
            group: None,
            version: self.version,
            instances: changes.len() as u64,
            affected: affected as u64,
            expected: self.expected * others.exp(),
            found: self.found,
        })
    }
}
