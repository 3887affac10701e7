//! The quantile of Student's distribution for an interval of 95 %.

/// The quantile of the normal distribution.
const NORMAL: f64 = 1.959_963_985;

/// Returns the quantile of 97.5 % for the given degrees of freedom, at least 2, by the
/// Cornish-Fisher expansion (Abramowitz and Stegun, 26.7.5). The error is below 1 % from three
/// degrees of freedom on.
pub(super) fn quantile(degrees: f64) -> f64 {
    let z = NORMAL;
    let degrees = degrees.max(2.0);
    let terms = [
        (z.powi(3) + z) / 4.0,
        (5.0 * z.powi(5) + 16.0 * z.powi(3) + 3.0 * z) / 96.0,
        (3.0 * z.powi(7) + 19.0 * z.powi(5) + 17.0 * z.powi(3) - 15.0 * z) / 384.0,
        (79.0 * z.powi(9) + 776.0 * z.powi(7) + 1482.0 * z.powi(5)
            - 1920.0 * z.powi(3)
            - 945.0 * z)
            / 92160.0,
    ];
    let terms = terms.iter().rev();
    z + terms.fold(0.0, |sum, term| (sum + term) / degrees)
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn the_quantiles_are_those_of_the_tables() {
        for (degrees, expected) in [(3.0, 3.182), (5.0, 2.571), (10.0, 2.228), (30.0, 2.042)] {
            let found = quantile(degrees);
            assert!(
                (found / expected - 1.0_f64).abs() < 0.01,
                "{degrees}: {found}"
            );
        }
        assert!((quantile(f64::INFINITY) - 1.96).abs() < 1e-3);
    }
}
