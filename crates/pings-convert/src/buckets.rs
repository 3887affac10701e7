//! The bounds of histograms.

/// The maximum number of bounds of a histogram in a registry.
const MOST: u32 = 50;

/// The note about bounds that the source does not declare.
pub(crate) const BOUNDS: &str =
    "the bounds of the histogram are a guess: choose `buckets` that fit the numbers";

/// Returns the bounds for numbers of unknown size: powers of ten.
pub(crate) fn powers_of_ten() -> Vec<String> {
    (0..7).map(|power| 10_u64.pow(power).to_string()).collect()
}

/// Returns the bounds for seconds, which are those that OpenTelemetry recommends.
pub(crate) fn seconds() -> Vec<String> {
    let bounds = [
        "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1", "2.5", "5",
        "7.5", "10",
    ];
    bounds.map(str::to_owned).to_vec()
}

/// Returns the lower bounds of `count` buckets from `min` to `max`, as Glean defines them, or of
/// fewer if a registry cannot have as many.
pub(crate) fn between(min: f64, max: f64, count: u32, is_linear: bool) -> Option<Vec<String>> {
    let count = count.min(MOST);
    let is_usable = count >= 2 && min >= 0.0 && min < max && max <= 1e15;
    if !is_usable {
        return None;
    }
    // An exponential scale starts at 1, because 0 has no logarithm.
    let (start, end) = (min.max(1.0).ln(), max.max(1.0).ln());
    let steps = f64::from(count - 1);
    let bound = |step: u32| match is_linear {
        true => min + (max - min) * f64::from(step) / steps,
        false => (start + (end - start) * f64::from(step) / steps).exp(),
    };
    let mut bounds: Vec<u64> = Vec::new();
    for step in 0..count {
        // Bounds are between 0 and 1e15.
        let rounded = bound(step).round() as u64;
        if bounds.last().is_none_or(|last| *last < rounded) {
            bounds.push(rounded);
        }
    }
    Some(bounds.iter().map(u64::to_string).collect())
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn bounds_are_those_of_the_source() {
        assert_eq!(
            between(0.0, 100.0, 5, true).unwrap(),
            ["0", "25", "50", "75", "100"]
        );
        assert_eq!(
            between(1.0, 1000.0, 4, false).unwrap(),
            ["1", "10", "100", "1000"]
        );
        assert_eq!(between(1.0, 3.0, 100, false).unwrap(), ["1", "2", "3"]);
        for (min, max, count) in [
            (5.0, 5.0, 9),
            (0.0, f64::INFINITY, 9),
            (f64::NAN, 5.0, 9),
            (0.0, 9.0, 1),
        ] {
            assert_eq!(between(min, max, count, true), None);
        }
    }
}
