//! How far predictions are off, measured on trusted values.
//!
//! Every trusted value is predicted as if a gap were around it, and compared. The result contains
//! everything that makes predictions wrong: chance, changes of single instances over the gap, and
//! growth that differs by size.

use super::effects::Effects;
use super::levels::Around;
use super::panel::Panel;

/// The distances to the nearest trusted week for which errors are measured.
const GAPS: [usize; 6] = [1, 2, 4, 8, 16, 26];

/// The number of groups of instances of similar size.
const SIZES: usize = 4;

/// The number of predictions from which a group is used.
const ENOUGH: u64 = 20;

/// The gap around a value without trust.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap {
    /// Whether there are trusted weeks on both sides.
    pub(super) is_between: bool,
    /// The distance to the nearest trusted week; the mean distance if there are two.
    pub(super) weeks: usize,
}

/// The errors of predictions over a gap.
#[derive(Clone, Copy, Debug, Default)]
struct Errors {
    count: u64,
    squares: f64,
    /// The sum of the squared predictions.
    predicted: f64,
}

impl Errors {
    fn relative(self) -> f64 {
        match self.predicted > 0.0 {
            true => self.squares / self.predicted,
            false => 1.0,
        }
    }
}

/// The errors by the size of instances, the sides, and the length of the gap.
pub(super) struct ErrorTable {
    errors: [[[Errors; GAPS.len()]; 2]; SIZES],
    /// The effective number of instances from which the errors of a size are known.
    effective: [f64; SIZES],
    /// The group of each instance.
    sizes: Vec<usize>,
}

impl ErrorTable {
    /// Measures the errors.
    pub(super) fn new(panel: &Panel, effects: &Effects) -> Self {
        let mut table = Self {
            errors: Default::default(),
            effective: [0.0; SIZES],
            sizes: sizes(&effects.levels),
        };
        let (mut around, mut squares) = (Around::default(), [0.0; SIZES]);
        for instance in 0..panel.instances.len() {
            around.read(panel, instance, effects);
            let size = table.sizes[instance];
            let mut of_instance = 0.0;
            let observed = panel.observed(instance);
            for (week, value) in observed.filter(|(week, _)| effects.is_connected[*week]) {
                for (place, gap) in GAPS.into_iter().enumerate() {
                    let (before, after) = (around.before(week, gap), around.after(week, gap));
                    let between = after.level().and(before.level());
                    let between = between.and(before.and(after).level());
                    for (side, level) in [before.level(), between].into_iter().enumerate() {
                        let Some(level) = level else {
                            continue;
                        };
                        let expected = level * effects.weeks[week];
                        let errors = &mut table.errors[size][side][place];
                        errors.count += 1;
                        errors.squares += (value - expected) * (value - expected);
                        errors.predicted += expected * expected;
                        if (side, place) == (0, 0) {
                            of_instance += expected * expected;
                        }
                    }
                }
            }
            table.effective[size] += of_instance;
            squares[size] += of_instance * of_instance;
        }
        for (effective, squares) in table.effective.iter_mut().zip(squares) {
            *effective = match squares > 0.0 {
                true => *effective * *effective / squares,
                false => 1.0,
            };
        }
        table
    }

    /// Returns the variance of predictions for an instance over a gap, relative to the square of
    /// the prediction.
    pub(super) fn relative(&self, instance: usize, gap: Gap) -> f64 {
        let errors = &self.errors[self.size(instance)][usize::from(gap.is_between)];
        let usable = |place: &usize| errors[*place].count >= ENOUGH;
        let below = GAPS.iter().rposition(|weeks| *weeks <= gap.weeks.max(1));
        let below = (0..=below.unwrap_or_default()).rev().find(usable);
        let nearest = below.or_else(|| (0..GAPS.len()).find(usable));
        nearest.map_or(1.0, |place| errors[place].relative())
    }

    /// Returns the group of an instance.
    pub(super) fn size(&self, instance: usize) -> usize {
        self.sizes.get(instance).copied().unwrap_or_default()
    }

    /// Returns the degrees of freedom of a variance that consists of parts by size.
    pub(super) fn squared_by_degrees(&self, by_size: [f64; SIZES]) -> f64 {
        let parts = by_size.iter().zip(&self.effective);
        parts
            .map(|(part, effective)| part * part / (2.0 * effective).max(1.0))
            .sum()
    }
}

/// A variance by the size of instances.
pub(super) type BySize = [f64; SIZES];

/// Divides instances into groups of equal numbers by their levels.
fn sizes(levels: &[Option<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..levels.len())
        .filter(|it| levels[*it].is_some())
        .collect();
    order.sort_by(|one, other| {
        let levels = [one, other].map(|it| levels[*it].unwrap_or_default());
        levels[0].total_cmp(&levels[1])
    });
    let mut sizes = vec![0; levels.len()];
    for (place, instance) in order.iter().enumerate() {
        sizes[*instance] = place * SIZES / order.len();
    }
    sizes
}
