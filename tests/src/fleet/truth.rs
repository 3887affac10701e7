//! What is true of a fleet, worked out apart from the store.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Registry, Source, Trust, Version, VersionRange};
use pings_payload::{FailureKind, Measures, Payload, Uuid, Value, Week};

use super::Fleet;

/// How many weeks an instance may be silent before it is gone.
const GONE: u32 = 26;

/// What is to be kept of a week of a code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The values of each measure that are to be believed, of every instance and group.
    pub values: BTreeMap<String, Vec<f64>>,
    /// How many instances were measured, and are to be believed.
    pub trusted: u64,
    /// Those whose versions exist for the code and are all broken.
    pub broken: u64,
    /// Those of which some version is broken.
    pub partly_broken: u64,
    /// Those with a version that nobody can read, else well.
    pub unknown_version: u64,
    /// Those whose versions do not send the code.
    pub absent: u64,
    /// Those of which some version does not send the code, else well.
    pub partly_absent: u64,
    /// Those that are to be believed, and failed, by kind.
    pub failed: BTreeMap<FailureKind, u64>,
    /// Those that are to be believed, and sent nothing of the code.
    pub without: u64,
    /// Those known that sent nothing at all.
    pub silent: u64,
}

impl Fleet {
    /// The newest payload of each instance and week.
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

    /// What is to be kept of each week of a code.
    ///
    /// # Panics
    ///
    /// Where the registry has no such code.
    #[must_use]
    pub fn truth(&self, registry: &Registry, code: &str) -> BTreeMap<Week, Kept> {
        let (ping, metric) = registry.metric(code).expect("a code");
        let is_captured = matches!(metric.source, Source::Capture(_) | Source::Sql(_));
        let newest = self.newest();
        let mut truth: BTreeMap<Week, Kept> = BTreeMap::new();
        for ((week, _), payload) in &newest {
            let kept = truth.entry(*week).or_default();
            let trusts = payload.versions.keys().map(|version| ping.trust(*version));
            let trusts: Vec<Trust> = trusts.collect();
            let has = |which: fn(&Trust) -> bool| trusts.iter().any(which);
            let trusted = has(|it| *it == Trust::Trusted);
            let broken = has(|it| matches!(it, Trust::Broken(_)));
            let absent = has(|it| matches!(it, Trust::Absent(_)));
            let unknown = payload.unversioned > 0;
            let outcome = payload.metrics.get(code).map(|it| &it.outcome);
            // No version took what was never captured.
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

    /// Of each week how many instances had a version of the range, and how many there were.
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

    /// Of each week which share of the instances had no version before that one.
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

/// Adds the numbers of a value.
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

/// How many instances were there before or in the week, not gone for long, and sent nothing.
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
