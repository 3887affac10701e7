//! Totals over all instances that reported, and growth, with intervals.
//!
//! Trusted values are kept. A value without trust is replaced by the level of its instance around
//! the week times the effect of the week. Two errors are added up: that of the effects, by leaving
//! out one twentieth of the instances at a time (jackknife), and that of each replaced value, by
//! the errors that the same prediction has on trusted values.

use super::answer::{self, Estimate, Growth, Matched, Refusal};
use super::effects::Effects;
use super::errors::{BySize, ErrorTable, Gap};
use super::levels::Around;
use super::panel::Panel;
use super::student;

/// The number of parts of the instances that are left out in turn.
const PARTS: usize = 20;

/// The rounds in which the effects are fitted without a part. They start at the effects of all
/// instances.
const ROUNDS: usize = 10;

/// The fitted model of a panel.
pub(crate) struct Model<'p> {
    panel: &'p Panel,
    weeks: Vec<Total>,
    /// The replaced values by instance and week.
    replaced: Vec<Replaced>,
    errors: ErrorTable,
    /// The variance of the level of an instance that was never trusted, relative to its square.
    unknown: f64,
    /// The totals of each week without a part of the instances.
    parts: Vec<Vec<f64>>,
}

/// The total of a week.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    observed: f64,
    trusted: u64,
    replaced: f64,
    estimated: u64,
    /// The part of `replaced` that belongs to instances that were never trusted.
    newcomers: f64,
    /// The effective number of trusted instances: the number of instances of equal size that
    /// determine the effect of the week equally well.
    effective: f64,
    is_connected: bool,
}

impl Total {
    fn all(&self) -> f64 {
        self.observed + self.replaced
    }

    /// Returns the share of the total that consists of trusted values.
    fn share_observed(&self) -> f64 {
        match self.all() > 0.0 {
            true => self.observed / self.all(),
            false => 1.0,
        }
    }
}

/// A replaced value.
#[derive(Clone, Copy, Debug)]
struct Replaced {
    instance: usize,
    week: usize,
    value: f64,
    /// The gap in the trusted values, or `None` if the instance was never trusted.
    gap: Option<Gap>,
}

impl<'p> Model<'p> {
    /// Fits the model.
    pub(crate) fn new(panel: &'p Panel) -> Self {
        let effects = Effects::fit(panel);
        let mut weeks = observed(panel, &effects);
        let mut replaced = Vec::new();
        let (mean, unknown) = levels(&effects, |_| true);
        predict(panel, &effects, mean, |instance, week, value, around| {
            let total = &mut weeks[week];
            total.replaced += value;
            total.estimated += 1;
            let gap = around.and_then(|around| gap(around.gap(week)));
            if gap.is_none() {
                total.newcomers += value;
            }
            replaced.push(Replaced {
                instance,
                week,
                value,
                gap,
            });
        });
        let mut parts = Vec::new();
        if !replaced.is_empty() {
            let of_part = of_part(&effects);
            for part in 0..PARTS {
                let is_kept = |instance: usize| of_part[instance] != part;
                let without = effects.without(panel, ROUNDS, is_kept);
                let (mean, _) = levels(&without, is_kept);
                let mut totals: Vec<f64> = weeks.iter().map(|week| week.observed).collect();
                predict(panel, &without, mean, |_, week, value, _| {
                    totals[week] += value;
                });
                for (week, is_connected) in weeks.iter_mut().zip(&without.is_connected) {
                    week.is_connected &= is_connected;
                }
                parts.push(totals);
            }
        }
        let errors = ErrorTable::new(panel, &effects);
        Self {
            panel,
            weeks,
            replaced,
            errors,
            unknown,
            parts,
        }
    }

    /// Returns the total of a week.
    pub(crate) fn total(&self, week: usize) -> Result<Estimate, Refusal> {
        let (total, width) = self.sound(week)?;
        let value = total.all();
        Ok(Estimate {
            value,
            // The trusted values are a lower bound.
            low: (value / width.exp()).max(total.observed),
            high: value * width.exp(),
            observed: total.share_observed(),
            trusted: total.trusted,
            estimated: total.estimated,
        })
    }

    /// Returns the growth from one week to another. Both must have a sound total.
    pub(crate) fn growth(&self, from: usize, to: usize) -> Result<Growth, Refusal> {
        let totals = [self.sound(from)?.0, self.sound(to)?.0];
        let [first, last] = totals.map(|total| total.all());
        if first <= 0.0 || last <= 0.0 {
            return Err(Refusal::Zero);
        }
        let mut own = BySize::default();
        let by_instance = self
            .replaced
            .chunk_by(|one, next| one.instance == next.instance);
        for of_instance in by_instance {
            let of = |week: usize| of_instance.iter().find(|it| it.week == week);
            // The level of an instance without trust in both weeks is wrong in the same way in
            // both. Only its change between them counts.
            let shared = match (of(from), of(to)) {
                (Some(_), Some(one)) if one.gap.is_none() => continue,
                (Some(_), Some(_)) => Some(from.abs_diff(to)),
                _ => None,
            };
            for (replaced, total) in [(of(from), first), (of(to), last)] {
                if let Some(replaced) = replaced {
                    let share = replaced.value / total;
                    own[self.errors.size(replaced.instance)] +=
                        share * share * self.relative(replaced, shared);
                }
            }
        }
        let estimated = totals.iter().filter(|total| total.estimated > 0);
        let effective = estimated.map(|total| total.effective);
        let effective = effective.fold(f64::INFINITY, f64::min);
        let width = self.width(own, effective, |part| {
            logarithm(part[to]) - logarithm(part[from])
        });
        let growth = last / first;
        Ok(Growth {
            value: growth - 1.0,
            low: growth / width.exp() - 1.0,
            high: growth * width.exp() - 1.0,
        })
    }

    /// Returns the sums over the instances that are trusted in both weeks.
    pub(crate) fn matched(&self, from: usize, to: usize) -> Matched {
        let mut matched = Matched::default();
        for instance in 0..self.panel.instances.len() {
            let of = |week: usize| {
                let mut observed = self.panel.observed(instance);
                observed.find_map(|(it, value)| (it == week).then_some(value))
            };
            if let (Some(first), Some(last)) = (of(from), of(to)) {
                matched.instances += 1;
                matched.from += first;
                matched.to += last;
            }
        }
        matched
    }

    /// Returns the total of a week and half of the width of the interval of its logarithm, unless an
    /// estimate would not be sound.
    fn sound(&self, week: usize) -> Result<(&Total, f64), Refusal> {
        let total = self.weeks.get(week).ok_or(Refusal::Nothing)?;
        if self.panel.has_negative() {
            return Err(Refusal::Negative);
        }
        let observed = total.share_observed();
        let newcomers = total.newcomers / total.all().max(f64::MIN_POSITIVE);
        Err(match total {
            Total {
                trusted: 0,
                estimated: 0,
                ..
            } => Refusal::Nothing,
            Total { estimated: 0, .. } => return Ok((total, 0.0)),
            Total { trusted: 0, .. } => Refusal::NoTrusted,
            Total {
                is_connected: false,
                ..
            } => Refusal::NoOverlap,
            _ if newcomers > answer::NEVER_TRUSTED => Refusal::Newcomers(newcomers),
            _ if observed < answer::OBSERVED => Refusal::LittleObserved(observed),
            _ if total.effective < answer::INSTANCES => Refusal::FewInstances(total.effective),
            _ => {
                let half = self.half_width(week, total);
                let width = half.exp() - 1.0;
                if width <= answer::WIDTH {
                    return Ok((total, half));
                }
                Refusal::Uncertain { width, observed }
            }
        })
    }

    /// Returns half of the width of the interval of the logarithm of a total.
    fn half_width(&self, week: usize, total: &Total) -> f64 {
        let value = total.all().max(f64::MIN_POSITIVE);
        let mut own = BySize::default();
        for replaced in self.replaced.iter().filter(|it| it.week == week) {
            let share = replaced.value / value;
            own[self.errors.size(replaced.instance)] +=
                share * share * self.relative(replaced, None);
        }
        self.width(own, total.effective, |part| logarithm(part[week]))
    }

    /// Returns the variance of a replaced value relative to its square.
    fn relative(&self, replaced: &Replaced, at_most: Option<usize>) -> f64 {
        let Some(gap) = replaced.gap else {
            return self.unknown;
        };
        let weeks = gap.weeks.min(at_most.unwrap_or(usize::MAX));
        self.errors
            .relative(replaced.instance, Gap { weeks, ..gap })
    }

    /// Returns half of the width of the interval of 95 % of a logarithm.
    fn width(&self, own: BySize, effective: f64, of_part: impl Fn(&[f64]) -> f64) -> f64 {
        let parts: Vec<f64> = self.parts.iter().map(|part| of_part(part)).collect();
        let count = parts.len().max(1) as f64;
        let mean = parts.iter().sum::<f64>() / count;
        let squares = parts.iter().map(|part| (part - mean) * (part - mean));
        let shared = squares.sum::<f64>() * (count - 1.0) / count;
        let variance = own.iter().sum::<f64>() + shared;
        if variance <= 0.0 || !variance.is_finite() {
            return 0.0;
        }
        let degrees = (effective.min(count) - 1.0).max(1.0);
        let squared = shared * shared / degrees + self.errors.squared_by_degrees(own);
        student::quantile(variance * variance / squared) * variance.sqrt()
    }
}

/// Returns the totals of the trusted values.
fn observed(panel: &Panel, effects: &Effects) -> Vec<Total> {
    let connected = effects.is_connected.iter();
    let mut weeks: Vec<Total> = connected
        .map(|is_connected| Total {
            is_connected: *is_connected,
            ..Total::default()
        })
        .collect();
    let mut weights = vec![(0.0, 0.0); panel.weeks];
    for instance in 0..panel.instances.len() {
        let weight = effects.weight(instance);
        for (week, value) in panel.observed(instance) {
            weeks[week].observed += value;
            weeks[week].trusted += 1;
            weights[week].0 += weight;
            weights[week].1 += weight * weight;
        }
    }
    for (week, (sum, squares)) in weeks.iter_mut().zip(weights) {
        if squares > 0.0 {
            week.effective = sum * sum / squares;
        }
    }
    weeks
}

/// Returns the mean level of instances, and its variance between instances relative to its square.
fn levels(effects: &Effects, is_kept: impl Fn(usize) -> bool) -> (f64, f64) {
    let levels = effects.levels.iter().enumerate();
    let levels: Vec<f64> = levels
        .filter_map(|(instance, level)| level.filter(|_| is_kept(instance)))
        .collect();
    let count = levels.len().max(1) as f64;
    let mean = levels.iter().sum::<f64>() / count;
    let squares = levels.iter().map(|level| (level - mean) * (level - mean));
    match mean > 0.0 {
        true => (mean, squares.sum::<f64>() / count / (mean * mean)),
        false => (0.0, 0.0),
    }
}

/// Predicts all values without trust. An instance that was never trusted gets the mean level.
fn predict(
    panel: &Panel,
    effects: &Effects,
    mean: f64,
    mut each: impl FnMut(usize, usize, f64, Option<&Around>),
) {
    let mut around = Around::default();
    for instance in 0..panel.instances.len() {
        if panel.missing(instance).next().is_none() {
            continue;
        }
        let is_known = effects.levels[instance].is_some();
        around.read(panel, instance, effects);
        for week in panel.missing(instance) {
            let level = match is_known {
                true => around.level(week).unwrap_or_default(),
                false => mean,
            };
            let value = level * effects.weeks[week];
            each(instance, week, value, is_known.then_some(&around));
        }
    }
}

/// Returns the gap in the trusted values of an instance around a week.
fn gap(nearest: [Option<usize>; 2]) -> Option<Gap> {
    let weeks = match nearest {
        [Some(last), Some(next)] => last.midpoint(next),
        [one, other] => one.or(other)?,
    };
    Some(Gap {
        is_between: nearest.iter().all(Option::is_some),
        weeks,
    })
}

/// Divides the instances into parts with the same number of instances of each size.
fn of_part(effects: &Effects) -> Vec<usize> {
    let mut order: Vec<usize> = (0..effects.levels.len()).collect();
    let level = |instance: &usize| effects.levels[*instance].unwrap_or_default();
    order.sort_by(|one, other| level(other).total_cmp(&level(one)));
    let mut of_part = vec![0; order.len()];
    for (place, instance) in order.into_iter().enumerate() {
        of_part[instance] = place % PARTS;
    }
    of_part
}

fn logarithm(total: f64) -> f64 {
    total.max(f64::MIN_POSITIVE).ln()
}
