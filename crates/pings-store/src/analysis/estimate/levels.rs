//! The level of an instance around a week, which is taken from its nearest trusted weeks.

use super::effects::Effects;
use super::panel::Panel;

/// The weight of a week relative to the next nearer one: half after five and a half weeks.
/// Instances grow and shrink, so that near weeks say more than distant ones.
const KEEP: f64 = 0.88;

/// A sum of trusted values, and of the effects of their weeks, both with weights.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    values: f64,
    effects: f64,
}

impl Sums {
    /// Returns the level: the values in relation to the effects.
    pub(super) fn level(self) -> Option<f64> {
        (self.effects > 0.0).then(|| self.values / self.effects)
    }

    /// Adds the sums of the weeks on the other side.
    pub(super) fn and(self, other: Self) -> Self {
        Self {
            values: self.values + other.values,
            effects: self.effects + other.effects,
        }
    }

    fn then(self, trusted: Option<(f64, f64)>) -> Self {
        let (value, effect) = trusted.unwrap_or_default();
        Self {
            values: self.values * KEEP + value,
            effects: self.effects * KEEP + effect,
        }
    }
}

/// The trusted weeks of an instance, from both sides. Nearer weeks have larger weights.
#[derive(Default)]
pub(super) struct Around {
    /// The sums up to each week.
    before: Vec<Sums>,
    /// The sums from each week.
    after: Vec<Sums>,
    trusted: Vec<Option<(f64, f64)>>,
}

impl Around {
    /// Reads an instance. The memory of the previous instance is used again.
    pub(super) fn read(&mut self, panel: &Panel, instance: usize, effects: &Effects) {
        self.trusted.clear();
        self.trusted.resize(panel.weeks, None);
        for (week, value) in panel.observed(instance) {
            if effects.is_connected[week] {
                self.trusted[week] = Some((value, effects.weeks[week]));
            }
        }
        fn sums<'w>(
            weeks: impl Iterator<Item = &'w Option<(f64, f64)>>,
        ) -> impl Iterator<Item = Sums> {
            weeks.scan(Sums::default(), |sums, trusted| {
                *sums = sums.then(*trusted);
                Some(*sums)
            })
        }
        self.before.clear();
        self.before.extend(sums(self.trusted.iter()));
        self.after.clear();
        self.after.extend(sums(self.trusted.iter().rev()));
        self.after.reverse();
    }

    /// Returns the sums of the weeks up to `gap` weeks before a week.
    pub(super) fn before(&self, week: usize, gap: usize) -> Sums {
        let place = week.checked_sub(gap);
        let sums = place.and_then(|place| self.before.get(place));
        sums.copied().unwrap_or_default()
    }

    /// Returns the sums of the weeks from `gap` weeks after a week.
    pub(super) fn after(&self, week: usize, gap: usize) -> Sums {
        self.after.get(week + gap).copied().unwrap_or_default()
    }

    /// Returns the level in a week from all trusted weeks around it.
    pub(super) fn level(&self, week: usize) -> Option<f64> {
        self.before(week, 1).and(self.after(week, 1)).level()
    }

    /// Returns the distances from a week to the nearest trusted weeks before and after it.
    pub(super) fn gap(&self, week: usize) -> [Option<usize>; 2] {
        let is_trusted = |week: &usize| self.trusted[*week].is_some();
        let last = (0..week).rev().find(is_trusted);
        let next = (week + 1..self.trusted.len()).find(is_trusted);
        [last.map(|last| week - last), next.map(|next| next - week)]
    }
}
