//! The rules that decide whether a number may be published, see `docs/publish.md`.

use super::panel::{Members, PanelWeek, Part};

/// The instances that a published number covers, with the values of the week.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Covered<'p> {
    pub(crate) week: &'p PanelWeek,
    pub(crate) members: &'p Members,
}

/// Returns whether a sum of these values may be published: no instance contributed, or at least `k`
/// instances did, none of which has more than half of the sum.
pub(crate) fn is_enough(values: &[f64], k: usize) -> bool {
    let size = |value: &f64| value.abs();
    let largest = values.iter().map(size).fold(0.0, f64::max);
    let sum: f64 = values.iter().map(size).sum();
    values.is_empty() || (values.len() >= k && largest * 2.0 <= sum)
}

/// Returns whether some instances are too few: not none, and fewer than `k`.
pub(crate) fn are_few(count: usize, k: usize) -> bool {
    count > 0 && count < k
}

impl<'p> Covered<'p> {
    /// Returns the members that contribute to a part, and whom another number does not cover.
    pub(crate) fn beyond(self, other: &'p Members, part: Part<'p>) -> impl Iterator<Item = usize> {
        let beyond = self.members.difference(other).copied();
        beyond.filter(move |instance| self.week.value(*instance, part) != 0.0)
    }

    /// Returns whether the difference of two numbers is about no instance, or about at least `k` that
    /// only the first covers, and about none or at least `k` that only the second covers.
    pub(crate) fn may_be_beside(self, other: Self, part: Part<'p>, k: usize) -> bool {
        let here = self.beyond(other.members, part).count();
        let there = other.beyond(self.members, part).count();
        !are_few(here, k) && !are_few(there, k)
    }
}
