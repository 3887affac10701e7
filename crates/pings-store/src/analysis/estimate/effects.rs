//! The two-way model: the value of an instance in a week is the level of the instance times the
//! effect of the week.
//!
//! The effects of the weeks are fitted to the trusted values by proportional fitting, which
//! alternates between the two sums of the likelihood equations of a Poisson regression. Weights
//! keep a few large instances from deciding the effects of the weeks.

use super::panel::Panel;

/// The maximum number of rounds.
const ROUNDS: usize = 200;

/// The relative change of the effects at which fitting ends.
const CLOSE: f64 = 1e-7;

/// The fitted effects.
#[derive(Clone, Debug)]
pub(super) struct Effects {
    /// The effect of each week, 1 on average.
    pub(super) weeks: Vec<f64>,
    /// The level of each instance, or `None` without trusted values in the connected weeks.
    pub(super) levels: Vec<Option<f64>>,
    /// The weight of each instance.
    weights: Vec<f64>,
    /// Whether the effect of a week can be compared with those of the other connected weeks.
    pub(super) is_connected: Vec<bool>,
}

impl Effects {
    /// Fits the effects to a panel.
    pub(super) fn fit(panel: &Panel) -> Self {
        let count = panel.instances.len();
        let mut effects = Self {
            weeks: vec![1.0; panel.weeks],
            levels: vec![None; count],
            weights: vec![1.0; count],
            is_connected: connected(panel, |_| true),
        };
        effects.improve(panel, ROUNDS, |_| true);
        effects.weigh(panel);
        effects.improve(panel, ROUNDS, |_| true);
        effects
    }

    /// Fits the effects of the weeks again without some instances. Their levels are fitted to these
    /// effects.
    pub(super) fn without(
        &self,
        panel: &Panel,
        rounds: usize,
        is_kept: impl Fn(usize) -> bool,
    ) -> Self {
        let mut effects = self.clone();
        effects.is_connected = connected(panel, &is_kept);
        effects.improve(panel, rounds, is_kept);
        effects
    }

    /// Returns the weight that a trusted value of an instance has for the effect of its week.
    pub(super) fn weight(&self, instance: usize) -> f64 {
        let level = self.levels.get(instance).copied().flatten();
        level.unwrap_or_default() * self.weights.get(instance).copied().unwrap_or_default()
    }

    fn improve(&mut self, panel: &Panel, rounds: usize, is_kept: impl Fn(usize) -> bool) {
        for _ in 0..rounds {
            self.levels(panel);
            let mut sums = vec![(0.0, 0.0); panel.weeks];
            for instance in (0..panel.instances.len()).filter(|it| is_kept(*it)) {
                let Some(level) = self.levels[instance] else {
                    continue;
                };
                let weight = self.weights[instance];
                for (week, value) in panel.observed(instance) {
                    let (values, levels) = &mut sums[week];
                    *values += weight * value;
                    *levels += weight * level;
                }
            }
            let new = sums.iter().zip(&self.is_connected);
            let mut new: Vec<f64> = new
                .map(|((values, levels), is_connected)| match is_connected {
                    true if *levels > 0.0 => values / levels,
                    _ => 0.0,
                })
                .collect();
            let (sum, connected) = (new.iter().sum::<f64>(), self.connected());
            if sum > 0.0 {
                new.iter_mut().for_each(|week| *week *= connected / sum);
            }
            let changes = new.iter().zip(&self.weeks);
            let change = changes
                .map(|(new, old)| (new - old).abs())
                .fold(0.0, f64::max);
            self.weeks = new;
            if change < CLOSE {
                break;
            }
        }
        self.levels(panel);
    }

    /// Fits the levels of the instances to the effects of the weeks.
    fn levels(&mut self, panel: &Panel) {
        for (instance, level) in self.levels.iter_mut().enumerate() {
            let (mut values, mut weeks, mut is_connected) = (0.0, 0.0, false);
            for (week, value) in panel.observed(instance) {
                if self.is_connected[week] {
                    values += value;
                    weeks += self.weeks[week];
                    is_connected = true;
                }
            }
            *level = match is_connected {
                true if weeks > 0.0 => Some(values / weeks),
                true => Some(0.0),
                false => None,
            };
        }
    }

    /// Derives the weights from the variance of the values, which has a part that is proportional
    /// to the expected value (chance) and a part that is proportional to its square (changes of
    /// the instance as a whole).
    fn weigh(&mut self, panel: &Panel) {
        // Two equations for the two parts: the sum of the squared residuals, and the same with
        // each divided by its expected value.
        let (mut count, mut first, mut second, mut squares, mut relative) =
            (0.0, 0.0, 0.0, 0.0, 0.0);
        for (instance, level) in self.levels.iter().enumerate() {
            let Some(level) = level.filter(|level| *level > 0.0) else {
                continue;
            };
            for (week, value) in panel.observed(instance) {
                let expected = level * self.weeks[week];
                if expected > 0.0 {
                    let square = (value - expected) * (value - expected);
                    count += 1.0;
                    first += expected;
                    second += expected * expected;
                    squares += square;
                    relative += square / expected;
                }
            }
        }
        let determinant = first * first - second * count;
        let (mut linear, mut quadratic) = (0.0, 0.0);
        if determinant != 0.0 {
            linear = (squares * first - second * relative) / determinant;
            quadratic = (first * relative - squares * count) / determinant;
        }
        if linear <= 0.0 || quadratic <= 0.0 {
            // One part explains everything.
            let by_chance = quadratic <= 0.0;
            linear = f64::from(u8::from(by_chance));
            quadratic = f64::from(u8::from(!by_chance));
        }
        let connected = self.connected();
        let mean = match connected > 0.0 {
            true => self.weeks.iter().sum::<f64>() / connected,
            false => 1.0,
        };
        let smallest = self.levels.iter().copied().flatten();
        let smallest = smallest
            .filter(|it| *it > 0.0)
            .fold(f64::INFINITY, f64::min);
        for (weight, level) in self.weights.iter_mut().zip(&self.levels) {
            let level = level.filter(|it| *it > 0.0).unwrap_or(smallest);
            let variance = linear + quadratic * level * mean;
            *weight = if variance > 0.0 && variance.is_finite() {
                1.0 / variance
            } else {
                1.0
            };
        }
    }

    fn connected(&self) -> f64 {
        let connected = self.is_connected.iter().filter(|it| **it);
        connected.count() as f64
    }
}

/// Returns which weeks are connected by instances with trusted values in several weeks: the
/// largest set of weeks in which each can be compared with each, possibly over other weeks.
fn connected(panel: &Panel, is_kept: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut parents: Vec<usize> = (0..panel.weeks).collect();
    let mut is_seen = vec![false; panel.weeks];
    for instance in (0..panel.instances.len()).filter(|it| is_kept(*it)) {
        // An instance without any events says nothing about the effects of the weeks.
        if panel.observed(instance).all(|(_, value)| value == 0.0) {
            continue;
        }
        let mut first = None;
        for (week, _) in panel.observed(instance) {
            is_seen[week] = true;
            let first = *first.get_or_insert(week);
            let (one, other) = (root(&mut parents, first), root(&mut parents, week));
            parents[one.max(other)] = one.min(other);
        }
    }
    let mut sizes = vec![0_usize; panel.weeks];
    let roots: Vec<usize> = (0..panel.weeks)
        .map(|week| root(&mut parents, week))
        .collect();
    for (root, _) in roots.iter().zip(&is_seen).filter(|(_, is_seen)| **is_seen) {
        sizes[*root] += 1;
    }
    let largest = sizes.iter().copied().max().filter(|size| *size > 0);
    let largest = largest.and_then(|size| sizes.iter().position(|it| *it == size));
    let is_connected = roots.iter().zip(is_seen);
    is_connected
        .map(|(root, is_seen)| is_seen && Some(*root) == largest)
        .collect()
}

fn root(parents: &mut [usize], mut week: usize) -> usize {
    while parents[week] != week {
        parents[week] = parents[parents[week]];
        week = parents[week];
    }
    week
}

#[cfg(test)]
mod tests {
    use super::super::panel::{Cell, Panel};
    use super::Effects;

    fn panel(rows: &[&[Option<f64>]]) -> Panel {
        let cells = |row: &&[Option<f64>]| {
            let cells = row.iter().enumerate();
            cells
                .map(|(week, value)| Cell {
                    week,
                    value: *value,
                })
                .collect()
        };
        Panel {
            weeks: rows[0].len(),
            instances: rows.iter().map(cells).collect(),
        }
    }

    #[test]
    fn a_product_of_levels_and_weeks_is_found_with_missing_values() {
        let effects = Effects::fit(&panel(&[
            &[Some(10.0), Some(20.0), Some(30.0)],
            &[Some(100.0), None, Some(300.0)],
            &[None, Some(2.0), Some(3.0)],
        ]));
        let level = effects.levels[1].unwrap();
        assert!(
            (level * effects.weeks[1] - 200.0).abs() < 1e-3,
            "{effects:?}"
        );
        let level = effects.levels[2].unwrap();
        assert!((level * effects.weeks[0] - 1.0).abs() < 1e-4, "{effects:?}");
    }

    #[test]
    fn weeks_without_a_common_instance_are_not_connected() {
        let effects = Effects::fit(&panel(&[
            &[Some(1.0), Some(1.0), None, None, None],
            &[None, None, Some(5.0), Some(5.0), Some(6.0)],
            &[None, Some(0.0), Some(0.0), None, None],
        ]));
        assert_eq!(effects.is_connected, [false, false, true, true, true]);
        assert_eq!(effects.levels[0], None);
        assert_eq!(effects.levels[2], Some(0.0));
    }
}
