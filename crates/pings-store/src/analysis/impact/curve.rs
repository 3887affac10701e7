//! Estimates how quickly a fleet adopts new versions.

use std::collections::BTreeSet;

use pings_model::Version;
use pings_payload::Week;

use super::reports::Reports;
use crate::analysis::statistics::{quantile, share};

/// The parts of the fleet for which milestones are computed.
const PARTS: [f64; 3] = [0.5, 0.9, 0.95];

/// Shares that are closer to 0 or 1 than this are excluded from the fit, because they say little
/// about the curve.
const NEAR: f64 = 0.02;

/// The longest time that is estimated, in weeks.
const LONGEST: f64 = 520.0;

/// The adoption curve of a fleet: the share of instances that run a version or a newer one, by the
/// number of weeks since it first appeared. This is the median over the versions that appeared
/// after the store's first week.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The number of versions that the curve is based on.
    pub versions: usize,
    /// The observed share, starting with the week in which a version appears.
    pub observed: Vec<f64>,
    /// The scale in weeks and the shape of the fitted Weibull distribution.
    pub fitted: Option<(f64, f64)>,
    /// When the curve reaches certain shares.
    pub milestones: Vec<Milestone>,
}

/// The time after which a share of the fleet has adopted a version.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Milestone {
    /// The share.
    pub part: f64,
    /// The number of weeks after the version appeared, or `None` if the curve does not reach the
    /// share.
    pub weeks: Option<f64>,
    /// Whether the time was observed, and not estimated from the fitted curve.
    pub is_observed: bool,
}

impl Curve {
    pub(crate) fn of(reports: &Reports) -> Self {
        let versions: BTreeSet<Version> = reports
            .instances
            .iter()
            .flat_map(|(_, versions, _)| versions.known.iter().copied())
            .collect();
        let curves: Vec<Vec<f64>> = versions
            .iter()
            .filter_map(|version| uptake(reports, *version))
            .filter(|(appeared, _)| *appeared > reports.first())
            .map(|(_, shares)| shares)
            .collect();
        let longest = curves.iter().map(Vec::len).max().unwrap_or_default();
        let mut observed: Vec<f64> = Vec::new();
        for week in 0..longest {
            let mut shares: Vec<f64> = curves
                .iter()
                .filter_map(|curve| curve.get(week).copied())
                .collect();
            // A median of fewer versions is not meaningful.
            if shares.len() < curves.len().min(3) {
                break;
            }
            let middle = quantile(&mut shares, 0.5).unwrap_or_default();
            let before = observed.last().copied().unwrap_or_default();
            observed.push(middle.max(before));
        }
        let mut curve = Self {
            versions: curves.len(),
            fitted: fit(&observed),
            observed,
            milestones: Vec::new(),
        };
        curve.milestones = PARTS.map(|part| curve.milestone(part)).into();
        curve
    }

    fn milestone(&self, part: f64) -> Milestone {
        let seen = self.observed.iter().position(|share| *share >= part);
        Milestone {
            part,
            weeks: self.weeks_to(part),
            is_observed: seen.is_some(),
        }
    }

    /// Returns how many weeks after a version appears this share of the fleet runs it.
    pub(crate) fn weeks_to(&self, part: f64) -> Option<f64> {
        let seen = self.observed.iter().position(|share| *share >= part);
        if let Some(week) = seen {
            return Some(week as f64);
        }
        let (scale, shape) = self.fitted?;
        let weeks = scale * (-(1.0 - part).ln()).powf(1.0 / shape);
        // The share was not observed yet, even if the fitted curve reaches it earlier.
        let weeks = weeks.max(self.observed.len() as f64);
        (weeks <= LONGEST).then_some(weeks)
    }
}

/// Returns the week in which a version or a newer one first appeared, and the share of reporting
/// instances without an older version in that week and each later week.
pub(crate) fn uptake(reports: &Reports, version: Version) -> Option<(Week, Vec<f64>)> {
    let mut shares = Vec::new();
    let mut appeared = None;
    for week in reports.weeks() {
        let (mut up, mut any, mut all) = (0, 0, 0);
        let of_week = reports.instances.iter().filter(|(it, ..)| *it == week);
        for (_, versions, count) in of_week {
            let is_up = |it: &Version| *it >= version;
            all += count;
            if versions.known.iter().any(is_up) {
                any += count;
            }
            if !versions.known.is_empty() && versions.known.iter().all(is_up) {
                up += count;
            }
        }
        if any > 0 {
            appeared.get_or_insert(week);
        }
        if appeared.is_some() {
            shares.push(share(up, all));
        }
    }
    Some((appeared?, shares))
}

/// Fits a Weibull distribution to the shares, by least squares of its linear form
/// `ln(-ln(1 - share)) = shape (ln weeks - ln scale)`.
fn fit(shares: &[f64]) -> Option<(f64, f64)> {
    let points: Vec<(f64, f64)> = (0..)
        .zip(shares)
        .filter(|(week, share)| *week > 0 && (NEAR..1.0 - NEAR).contains(*share))
        .map(|(week, share)| (f64::from(week).ln(), (-(1.0 - share).ln()).ln()))
        .collect();
    let count = points.len() as f64;
    let mean = |of: fn(&(f64, f64)) -> f64| points.iter().map(of).sum::<f64>() / count;
    let (x, y) = (mean(|it| it.0), mean(|it| it.1));
    let spread: f64 = points.iter().map(|it| (it.0 - x).powi(2)).sum();
    let common: f64 = points.iter().map(|it| (it.0 - x) * (it.1 - y)).sum();
    if points.len() < 3 || spread <= 0.0 || common <= 0.0 {
        return None;
    }
    let shape = common / spread;
    let scale = (x - y / shape).exp();
    (scale.is_finite() && shape.is_finite()).then_some((scale, shape))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn a_curve_is_found_again() {
        let weibull = |week: i32| 1.0 - (-(f64::from(week) / 9.0).powf(1.3)).exp();
        let shares: Vec<f64> = (0..12).map(weibull).collect();
        let (scale, shape) = fit(&shares).unwrap();
        assert!((scale - 9.0).abs() < 1e-6, "{scale}");
        assert!((shape - 1.3).abs() < 1e-6, "{shape}");
        assert_eq!(fit(&[0.0, 0.1]), None);
        assert_eq!(fit(&[0.5; 9]), None);
    }
}
