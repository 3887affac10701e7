//! Ranges of positions and of consecutive releases.

use std::ops::Range;

/// Returns whether one of the ranges, which are in order and do not overlap, contains a position.
pub(crate) fn is_within(ranges: &[Range<usize>], at: usize) -> bool {
    let after = ranges.partition_point(|range| range.start <= at);
    let before = after.checked_sub(1).and_then(|place| ranges.get(place));
    before.is_some_and(|range| at < range.end)
}

/// Returns the ranges of consecutive indices, as first and last index.
pub(crate) fn runs(places: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for place in places {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => runs.push((place, place)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn neighbours_are_one_run() {
        assert_eq!(
            runs([0, 1, 2, 4, 6, 7].into_iter()),
            [(0, 2), (4, 4), (6, 7)]
        );
        assert_eq!(runs(std::iter::empty()), []);
    }
}
