//! Ranges of consecutive releases.

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
