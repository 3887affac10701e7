//! Finds the versions at which a code breaks, and at which it recovers.

use std::collections::BTreeSet;

use pings_model::{Life, Version, VersionRange};
use pings_payload::Week;
use serde_json::Value as Json;

use super::observations::Observations;
use super::paired::{After, Pair, pairs};
use super::verdict::{Off, Symptom, Verdict, verdict};
use crate::registry::origin::canonical_exact;

/// Consecutive versions that broke a code, with the evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// The code.
    pub code: String,
    /// The value of a dimension or the step of a funnel, as JSON, if only this group changed.
    pub group: Option<String>,
    /// The measure that was examined, such as `count` or `unique_users`.
    pub measure: String,
    /// The kind of change.
    pub symptom: Symptom,
    /// The versions; without an end if the code has not recovered.
    pub versions: VersionRange,
    /// The median factor by which the code changed.
    pub factor: f64,
    /// The evidence for the break.
    pub evidence: Evidence,
}

impl Break {
    /// Returns the group in words, such as `insightType searchInsights` or `step 3`, if only a group
    /// changed.
    #[must_use]
    pub fn group_name(&self) -> Option<String> {
        let group: Json = serde_json::from_str(self.group.as_deref()?).ok()?;
        if let Some(step) = group.get("step") {
            return Some(format!("step {step}"));
        }
        let parts = group.as_object()?.iter().map(|(name, value)| match value {
            Json::String(text) => format!("{name} {text}"),
            other => format!("{name} {other}"),
        });
        Some(parts.collect::<Vec<_>>().join(", "))
    }
}

/// The evidence that a version broke a code.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The number of instances that upgraded to the version from a good one.
    pub instances: usize,
    /// The number of these instances that show the change.
    pub agreeing: usize,
    /// The versions that they ran before.
    pub before: Vec<Version>,
    /// The version that they upgraded to.
    pub after: Version,
    /// The first and the last week that was compared.
    pub weeks: (Week, Week),
    /// The weekly value before: the sum over these instances, or the mean for a measure that does
    /// not add up.
    pub value_before: f64,
    /// The weekly value after.
    pub value_after: f64,
    /// The median factor by which their other codes changed.
    pub others: f64,
}

/// A break that has not ended yet.
struct Open {
    first: Version,
    last: Version,
    off: Off,
    evidence: Evidence,
}

/// Returns the breaks of a code, ordered by version.
pub(crate) fn breaks(seen: &Observations<'_>, place: usize) -> Vec<Break> {
    let code = &seen.codes[place];
    let mut well: BTreeSet<Version> = BTreeSet::new();
    let mut open: Option<Open> = None;
    let mut found = Vec::new();
    for version in &seen.versions {
        if !code.is_trusted(*version) {
            // A declared broken range is known, and ends a break.
            found.extend(open.take().map(|open| (open, true)));
            continue;
        }
        let pairs = pairs(seen, place, *version, &|version| well.contains(&version));
        match (verdict(code, &pairs), &mut open) {
            (Verdict::Off(_), Some(open)) => open.last = *version,
            (Verdict::Off(off), none) => {
                *none = Some(Open {
                    first: *version,
                    last: *version,
                    evidence: evidence(seen, place, *version, &pairs, &off),
                    off,
                });
            }
            // The first versions cannot be judged, and count as good.
            (Verdict::Unknown, None) => {
                well.insert(*version);
            }
            // A version that cannot be judged continues the current break.
            (Verdict::Unknown, Some(open)) => open.last = *version,
            (Verdict::Well, _) => {
                well.insert(*version);
                found.extend(open.take().map(|open| (open, true)));
            }
        }
    }
    found.extend(open.take().map(|open| (open, false)));
    let breaks = found.into_iter().filter_map(|(open, is_over)| {
        let (first, last) = (canonical_exact(open.first), canonical_exact(open.last));
        let versions = range(&first, &last, is_over, code.life)?;
        Some(Break {
            code: code.code.to_owned(),
            group: None,
            measure: code.measure.clone(),
            symptom: open.off.symptom,
            versions,
            factor: open.off.factor,
            evidence: open.evidence,
        })
    });
    breaks.collect()
}

/// Returns the range of a break. The range has no end if the break has not ended, unless that would
/// overlap a declared range.
fn range(first: &str, last: &str, is_over: bool, life: Life<'_>) -> Option<VersionRange> {
    let open: VersionRange = format!("{first}+").parse().ok()?;
    let is_free = !life.broken().any(|it| it.versions.overlaps(&open));
    if !is_over && is_free {
        return Some(open);
    }
    match first == last {
        true => last.parse().ok(),
        false => format!("{first}-{last}").parse().ok(),
    }
}

fn evidence(
    seen: &Observations<'_>,
    place: usize,
    version: Version,
    pairs: &[Pair],
    off: &Off,
) -> Evidence {
    let weeks = || {
        pairs
            .iter()
            .flat_map(|it| it.weeks_before.iter().chain(&it.weeks_after))
    };
    let first = weeks().min().copied().unwrap_or_default();
    let last = weeks().max().copied().unwrap_or_default();
    let after = pairs.iter().map(|pair| match pair.after {
        After::Value(value) => value,
        After::NotSent | After::Failed => 0.0,
    });
    let (before, after): (f64, f64) = (pairs.iter().map(|it| it.before).sum(), after.sum());
    let parts = match seen.codes[place].adds_up {
        true => 1.0,
        false => pairs.len() as f64,
    };
    let mut others: Vec<f64> = pairs.iter().map(|pair| pair.others).collect();
    let versions: BTreeSet<Version> = pairs.iter().map(|pair| pair.from).collect();
    Evidence {
        instances: pairs.len(),
        agreeing: off.agreeing,
        before: versions.into_iter().collect(),
        after: version,
        weeks: (seen.week(first), seen.week(last)),
        value_before: before / parts,
        value_after: after / parts,
        others: crate::analysis::statistics::median(&mut others)
            .unwrap_or_default()
            .exp(),
    }
}
