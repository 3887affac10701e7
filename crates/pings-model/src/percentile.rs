//! Percentiles as exact numbers.

use std::fmt;

/// A percentile, in thousandths of a percent: 99.9 is 99,900.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentile(u32);

impl Percentile {
    /// Creates a percentile from thousandths of a percent. Returns `None` above 100 %.
    #[must_use]
    pub fn from_thousandths(thousandths: u32) -> Option<Self> {
        (thousandths <= 100_000).then_some(Self(thousandths))
    }

    /// Returns the name in results: `p50`, `p99_9`.
    #[must_use]
    pub fn name(self) -> String {
        format!("p{self}").replace('.', "_")
    }

    /// Returns the percentile as a fraction between 0 and 1, in decimal notation: `0.999`.
    #[must_use]
    pub fn fraction(self) -> String {
        let (whole, rest) = (self.0 / 100_000, self.0 % 100_000);
        let digits = format!("{rest:05}");
        match digits.trim_end_matches('0') {
            "" => format!("{whole}.0"),
            digits => format!("{whole}.{digits}"),
        }
    }
}

impl fmt::Display for Percentile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.0 / 1000, self.0 % 1000);
        match format!("{rest:03}").trim_end_matches('0') {
            "" => write!(f, "{whole}"),
            digits => write!(f, "{whole}.{digits}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Percentile;

    #[test]
    fn names_and_fractions_are_exact() {
        for (thousandths, name, fraction) in [
            (0, "p0", "0.0"),
            (50_000, "p50", "0.5"),
            (99_900, "p99_9", "0.999"),
            (99_999, "p99_999", "0.99999"),
            (5_000, "p5", "0.05"),
            (100_000, "p100", "1.0"),
        ] {
            let percentile = Percentile::from_thousandths(thousandths);
            assert_eq!(percentile.map(Percentile::name).as_deref(), Some(name));
            assert_eq!(
                percentile.map(Percentile::fraction).as_deref(),
                Some(fraction)
            );
        }
        assert_eq!(Percentile::from_thousandths(100_001), None);
    }
}
