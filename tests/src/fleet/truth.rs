//! The expected results for a fleet, computed independently of the store.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Registry, Source, Trust, Version, VersionRange};
use pings_payload::{FailureKind, Measures, Payload, Uuid, Value, Week};

use super::Fleet;

/// The number of weeks after which an instance that does not report counts as gone.
const GONE: u32 = 26;

/// The expected result for a week of a code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The trusted values of each measure, over all instances and groups.
    pub values: BTreeMap<String, Vec<f64>>,
    /// The number of trusted instances with a measurement.
    pub trusted: u64,
    /// The number of instances where each version that has the code is broken.
    pub broken: u64,
    /// The number of instances where some version is broken.
    pub partly_broken: u64,
    /// The number of instances with a version that cannot be parsed, and no broken version.
    pub unknown_version: u64,
    /// The number of instances whose versions do not have the code.
    pub absent: u64,
    /// The number of instances where some version does not have the code, and no version is broken.
    pub partly_absent: u64,
    /// The number of trusted instances that failed, by kind.
    pub failed: BTreeMap<FailureKind, u64>,
    /// The number of trusted instances that sent nothing for the code.
    pub without: u64,
    /// The number of known instances that sent nothing at all.
    pub silent: u64,
}

impl Fleet {
    /// Returns the newest payload of each instance and week.
    #[must_use]
    pub fn newest(&self) -> BTreeMap<(Week, Uuid), &Payload> {
        let mut newest: BTreeMap<(Week, Uuid), &Payload> = BTreeMap::new();
        for payload in &self.payloads {
            let kept = newest
                .entry((payload.week, payload.instance))
                .or_insert(payload);
            if payload.revision > kept.revision {
                *kept = payload;
            }
        }
        newest
    }

    /// Returns the expected result for each week of a code.
    ///
    /// # Panics
    ///
    /// Panics if the registry does not have the code.
    #[must_use]
    pub fn truth(&self, registry: &Registry, code: &str) -> BTreeMap<Week, Kept> {
        let (ping, metric) = registry.metric(code).expect("a code");
        let is_captured = matches!(metric.source, Source::Capture(_) | Source::Sql(_));
        let newest = self.newest();
        let mut truth: BTreeMap<Week, Kept> = BTreeMap::new();
        for ((week, _), payload) in &newest {
            let kept = truth.entry(*week).or_default();
            let life = ping.life(metric);
            let trusts = payload.versions.keys().map(|version| life.trust(*version));
            let trusts: Vec<Trust> = trusts.collect();
            let has = |which: fn(&Trust) -> bool| trusts.iter().any(which);
            let trusted = has(|it| *it == Trust::Trusted);
            let broken = has(|it| matches!(it, Trust::Broken(_)));
            let absent = has(|it| matches!(it, Trust::Absent(_)));
            let unknown = payload.unversioned > 0;
            let outcome = payload.metrics.get(code).map(|it| &it.outcome);
            // A code that was never captured has no version.
            let never = is_captured
                && matches!(outcome, Some(Err(failure)) if failure.kind == FailureKind::NotCaptured);
            let count = match (broken, trusted || unknown) {
                (true, _) | (_, true) if never => {
                    kept.failed.entry(FailureKind::NotCaptured).or_default()
                }
                (true, false) => &mut kept.broken,
                (true, true) => &mut kept.partly_broken,
                (false, false) => &mut kept.absent,
                (false, true) if unknown => &mut kept.unknown_version,
                (false, true) if absent => &mut kept.partly_absent,
                (false, true) => match outcome {
                    None => &mut kept.without,
                    Some(Err(failure)) => kept.failed.entry(failure.kind).or_default(),
                    Some(Ok(value)) => {
                        add(&mut kept.values, value);
                        &mut kept.trusted
                    }
                },
            };
            *count += 1;
        }
        for (week, kept) in &mut truth {
            kept.silent = silent(&newest, *week);
        }
        truth
    }

    /// Returns, for each week, how many instances had a version in the range, and how many there
    /// were.
    #[must_use]
    pub fn touched(&self, range: VersionRange) -> BTreeMap<Week, (u64, u64)> {
        let mut touched: BTreeMap<Week, (u64, u64)> = BTreeMap::new();
        for ((week, _), payload) in self.newest() {
            let count = touched.entry(week).or_default();
            let hit = payload.versions.keys().any(|it| range.contains(*it));
            count.0 += u64::from(hit);
            count.1 += 1;
        }
        touched
    }

    /// Returns, for each week, the share of instances without a version before the given one.
    #[must_use]
    pub fn uptake(&self, version: Version) -> BTreeMap<Week, f64> {
        let mut counts: BTreeMap<Week, (u64, u64)> = BTreeMap::new();
        for ((week, _), payload) in self.newest() {
            let count = counts.entry(week).or_default();
            count.0 += u64::from(payload.versions.keys().all(|it| *it >= version));
            count.1 += 1;
        }
        let shares = counts
            .into_iter()
            .map(|(week, (up, all))| (week, up as f64 / all as f64));
        shares.collect()
    }
}

/// Adds the measures of a value.
fn add(values: &mut BTreeMap<String, Vec<f64>>, value: &Value) {
    let groups: Vec<&Measures> = match value {
        Value::One(measures) => vec![measures],
        Value::Rows { rows, .. } => rows.iter().map(|row| &row.measures).collect(),
        Value::Steps(steps) => steps.iter().map(|step| &step.measures).collect(),
    };
    for (name, number) in groups.into_iter().flatten() {
        if let Some(number) = number.as_ref().and_then(serde_json::Number::as_f64) {
            values.entry(name.clone()).or_default().push(number);
        }
    }
}

/// Counts the instances that first reported in the week or before it, are not gone, and did not
/// report the week.
fn silent(newest: &BTreeMap<(Week, Uuid), &Payload>, week: Week) -> u64 {
    let mut lives: BTreeMap<Uuid, BTreeSet<Week>> = BTreeMap::new();
    for (week, instance) in newest.keys() {
        lives.entry(*instance).or_default().insert(*week);
    }
    let is_silent = |weeks: &BTreeSet<Week>| {
        let first = weeks.first().is_some_and(|first| *first <= week);
        let last = weeks.last().is_some_and(|last| *last >= week.back(GONE));
        first && last && !weeks.contains(&week)
    };
    lives.values().filter(|weeks| is_silent(weeks)).count() as u64
}
