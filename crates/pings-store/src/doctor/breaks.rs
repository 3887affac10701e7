//! Where a code breaks, and where it comes back.

use std::collections::BTreeSet;

use pings_model::{Version, VersionRange};
use pings_payload::Week;

use super::observations::Observations;
use super::paired::{After, Pair, pairs};
use super::verdict::{Off, Symptom, Verdict, verdict};
use crate::canonical;

/// Versions in a row that broke a code, and what shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// The code.
    pub code: String,
    /// What was looked at: `count`, `unique_users`, …
    pub measure: String,
    /// What has become of it.
    pub symptom: Symptom,
    /// The versions, without end where it has not come back.
    pub versions: VersionRange,
    /// By what it is multiplied, in the middle of the instances.
    pub factor: f64,
    /// What shows it.
    pub evidence: Evidence,
}

/// What shows that a version broke a code.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// How many instances took the version up, after one that was well.
    pub instances: usize,
    /// How many of them say so.
    pub agreeing: usize,
    /// The versions that they had before.
    pub before: Vec<Version>,
    /// The version that they took up.
    pub after: Version,
    /// The first and the last week that was compared.
    pub weeks: (Week, Week),
    /// What they counted in a week before, all together; of what does not add up the mean.
    pub value_before: f64,
    /// What they counted in a week after.
    pub value_after: f64,
    /// By what their other codes were multiplied, in the middle.
    pub others: f64,
}

/// A run of versions that is not over.
struct Open {
    first: Version,
    last: Version,
    off: Off,
    evidence: Evidence,
}

/// The breaks of a code, in the order of versions.
pub(crate) fn breaks(seen: &Observations<'_>, place: usize) -> Vec<Break> {
    let code = &seen.codes[place];
    let mut well: BTreeSet<Version> = BTreeSet::new();
    let mut open: Option<Open> = None;
    let mut found = Vec::new();
    for version in &seen.versions {
        if !code.is_trusted(*version) {
            // What is declared is known, and ends what is found.
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
            // Of the first versions there is nothing before.
            (Verdict::Unknown, None) => {
                well.insert(*version);
            }
            // What nobody can say goes with what was before.
            (Verdict::Unknown, Some(open)) => open.last = *version,
            (Verdict::Well, _) => {
                well.insert(*version);
                found.extend(open.take().map(|open| (open, true)));
            }
        }
    }
    found.extend(open.take().map(|open| (open, false)));
    let breaks = found.into_iter().filter_map(|(open, is_over)| {
        let (first, last) = (canonical(open.first), canonical_exact(open.last));
        let versions = range(&first, &last, is_over, code.ping)?;
        Some(Break {
            code: code.code.to_owned(),
            measure: code.measure.clone(),
            symptom: open.off.symptom,
            versions,
            factor: open.off.factor,
            evidence: open.evidence,
        })
    });
    breaks.collect()
}

/// The range; without end where it is not over, unless that would overlap what is declared.
fn range(first: &str, last: &str, is_over: bool, ping: &pings_model::Ping) -> Option<VersionRange> {
    let open: VersionRange = format!("{first}+").parse().ok()?;
    let is_free = !ping.broken.iter().any(|it| it.versions.overlaps(&open));
    if !is_over && is_free {
        return Some(open);
    }
    match first == last || format!("{first}.0") == last {
        true => last.parse().ok(),
        false => format!("{first}-{last}").parse().ok(),
    }
}

/// A version with all of its first three numbers, so that at the end of a range it is that
/// version and not all those that it begins.
pub(crate) fn canonical_exact(version: Version) -> String {
    let [major, minor, patch, build] = version.key();
    match build {
        0 => format!("{major}.{minor}.{patch}"),
        build => format!("{major}.{minor}.{patch}.{build}"),
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
        others: crate::statistics::median(&mut others)
            .unwrap_or_default()
            .exp(),
    }
}
