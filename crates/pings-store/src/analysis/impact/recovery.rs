//! Determines when the fleet has moved past the versions of a broken range.

use pings_model::{Version, VersionRange};
use pings_payload::Week;

use super::curve::{Curve, uptake};
use super::reports::Reports;

/// How a fleet moves past broken versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovery {
    /// The first version after the range that was seen. `None` if no such version was seen, or if
    /// the range has no end.
    pub fixed_by: Option<Version>,
    /// The week in which that version, or a newer one, appeared.
    pub appeared: Option<Week>,
    /// The share of instances that run that version or a newer one in the last complete week.
    pub share: f64,
    /// When certain shares of the fleet run a fixed version.
    pub reached: Vec<RolloutEta>,
    /// The adoption curve of this fleet.
    pub curve: Curve,
}

/// When a share of the fleet runs a fixed version.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RolloutEta {
    /// The share.
    pub part: f64,
    /// The number of weeks after a fix appears, or `None` if it cannot be estimated.
    pub weeks: Option<f64>,
    /// The week, if a fix has appeared.
    pub week: Option<Week>,
    /// Whether the time was observed, and not estimated.
    pub is_observed: bool,
}

impl Recovery {
    pub(crate) fn of(reports: &Reports, range: VersionRange, curve: &Curve) -> Self {
        let fixed_by = range.key_after().and_then(|after| {
            let seen = reports.instances.iter().flat_map(|(_, it, _)| &it.known);
            seen.filter(|version| version.key() >= after).min().copied()
        });
        let taken_up = fixed_by.and_then(|version| uptake(reports, version));
        let shares = taken_up.as_ref().map(|(_, shares)| shares.as_slice());
        let share = shares.and_then(<[f64]>::last).copied().unwrap_or_default();
        let appeared = taken_up.as_ref().map(|(appeared, _)| *appeared);
        let reached = curve.milestones.iter().map(|milestone| {
            let (Some(appeared), Some(shares)) = (appeared, shares) else {
                return RolloutEta {
                    part: milestone.part,
                    weeks: milestone.weeks,
                    week: None,
                    is_observed: false,
                };
            };
            let passed = shares.iter().position(|share| *share >= milestone.part);
            let weeks = match passed {
                Some(weeks) => Some(weeks as f64),
                None => ahead(curve, milestone.part, shares),
            };
            RolloutEta {
                part: milestone.part,
                weeks,
                week: weeks.map(|weeks| appeared.forward(weeks.ceil() as u32)),
                is_observed: passed.is_some(),
            }
        });
        Self {
            fixed_by,
            appeared,
            share,
            reached: reached.collect(),
            curve: curve.clone(),
        }
    }
}

/// Returns after how many weeks a version reaches a share: the weeks since it appeared, and the
/// weeks that the curve needs from the current share.
fn ahead(curve: &Curve, part: f64, shares: &[f64]) -> Option<f64> {
    let passed = shares.len() as f64 - 1.0;
    let now = shares.last().copied().unwrap_or_default();
    let from = if now > 0.0 { curve.weeks_to(now)? } else { 0.0 };
    let rest = curve.weeks_to(part)? - from;
    Some(passed + rest.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::Recovery;
    use crate::analysis::impact::curve::Curve;
    use crate::analysis::impact::reports::Reports;
    use crate::analysis::trust::Versions;

    /// Creates reports of ten instances. Each version is adopted by two more instances per week.
    fn reports() -> Reports {
        let first: pings_payload::Week = "2021-W01".parse().unwrap();
        let mut instances = Vec::new();
        for week in 0..24_u32 {
            for instance in 0..10 {
                // Releases are eight weeks apart, starting in the third week.
                let minor = (week + 6).saturating_sub(instance / 2) / 8;
                let versions = Versions {
                    known: vec![format!("3.{minor}").parse().unwrap()],
                    ..Versions::default()
                };
                instances.push((first.forward(week), versions, 1));
            }
        }
        Reports::new((first, first.forward(23)), instances)
    }

    #[test]
    fn what_was_seen_is_told_and_what_was_not_is_foretold() {
        let reports = reports();
        let curve = Curve::of(&reports);
        assert_eq!(curve.versions, 3);
        assert_eq!(curve.observed[..5], [0.2, 0.4, 0.6, 0.8, 1.0]);
        let over = Recovery::of(&reports, "3.0".parse().unwrap(), &curve);
        assert_eq!(
            over.fixed_by.map(|it| it.to_string()).as_deref(),
            Some("3.1")
        );
        assert_eq!(
            over.appeared.map(|it| it.to_string()).as_deref(),
            Some("2021-W03")
        );
        assert_eq!(over.share, 1.0);
        let weeks: Vec<_> = over
            .reached
            .iter()
            .map(|it| (it.weeks, it.is_observed))
            .collect();
        assert_eq!(
            weeks,
            [(Some(2.0), true), (Some(4.0), true), (Some(4.0), true)]
        );
        let open = Recovery::of(&reports, "3.1+".parse().unwrap(), &curve);
        assert_eq!((open.fixed_by, open.appeared), (None, None));
        let weeks: Vec<_> = open.reached.iter().map(|it| (it.weeks, it.week)).collect();
        assert_eq!(
            weeks,
            [(Some(2.0), None), (Some(4.0), None), (Some(4.0), None)]
        );
    }
}
