//! Robust statistics, which are insensitive to outliers.

/// Returns the median, or `None` without values.
pub(crate) fn median(values: &mut [f64]) -> Option<f64> {
    quantile(values, 0.5)
}

/// Returns the value below which the given part of the values is, interpolated, or `None` without
/// values.
pub(crate) fn quantile(values: &mut [f64], part: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let place = part * (values.len().checked_sub(1)?) as f64;
    let below = *values.get(place.floor() as usize)?;
    let above = *values.get(place.ceil() as usize)?;
    Some(below + (above - below) * place.fract())
}

/// Returns the standard error of the median, derived from the median absolute deviation. The
/// factors are those of a normal distribution. Outliers hardly affect the result.
pub(crate) fn error_of_median(values: &[f64], median_of_them: f64) -> Option<f64> {
    let mut deviations: Vec<f64> = values
        .iter()
        .map(|value| (value - median_of_them).abs())
        .collect();
    let deviation = 1.4826 * median(&mut deviations)?;
    Some(1.2533 * deviation / (values.len() as f64).sqrt())
}

pub(crate) fn share(part: u64, whole: u64) -> f64 {
    match whole {
        0 => 0.0,
        whole => part as f64 / whole as f64,
    }
}

#[cfg(test)]
mod tests {
    use super::{error_of_median, median, quantile};

    #[test]
    fn a_few_odd_values_move_nothing() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0]), Some(3.0));
        assert_eq!(median(&mut [1e9, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0]), Some(2.5));
        assert_eq!(quantile(&mut [0.0, 1.0, 2.0, 3.0, 4.0], 0.25), Some(1.0));
        let error = error_of_median(&[1.0, 2.0, 3.0, 1e9], 2.5).unwrap();
        assert!(error < 2.0, "{error}");
    }
}
