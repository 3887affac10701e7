//! The lines that benchmarks print: what was measured, beside a baseline of the same run.
//!
//! Each line is a row of a Markdown table, which `cargo xtask bench` collects:
//!
//! ```text
//! | recording an event | 58.2 ns | a bare queue: 21.4 ns | 2.72× | ≤ 3× | ok |
//! ```

use std::fmt;

use self::Wanted::{AtLeast, AtMost};

/// A measured figure. Its `Display` is the line.
#[derive(Clone, Copy, Debug)]
pub struct Figure<'a> {
    name: &'a str,
    value: f64,
    unit: &'a str,
    baseline: Option<(&'a str, f64)>,
    wanted: Option<Wanted>,
}

/// The limit of a figure.
#[derive(Clone, Copy, Debug)]
enum Wanted {
    AtMost(f64),
    AtLeast(f64),
}

impl<'a> Figure<'a> {
    /// Creates a figure with a value and its unit, such as `ns` or `rows/s`.
    #[must_use]
    pub const fn new(name: &'a str, value: f64, unit: &'a str) -> Self {
        Self {
            name,
            value,
            unit,
            baseline: None,
            wanted: None,
        }
    }

    /// Compares the value with a baseline in the same unit. The limit is then one of the ratio,
    /// which is the value divided by the baseline.
    #[must_use]
    pub const fn beside(mut self, name: &'a str, value: f64) -> Self {
        self.baseline = Some((name, value));
        self
    }

    /// Sets the largest wanted ratio, or the largest wanted value if there is no baseline.
    #[must_use]
    pub const fn at_most(mut self, limit: f64) -> Self {
        self.wanted = Some(AtMost(limit));
        self
    }

    /// Sets the smallest wanted ratio, or the smallest wanted value if there is no baseline.
    #[must_use]
    pub const fn at_least(mut self, limit: f64) -> Self {
        self.wanted = Some(AtLeast(limit));
        self
    }
}

impl fmt::Display for Figure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.unit;
        write!(f, "| {} | {} {unit} |", self.name, digits(self.value))?;
        let (compared, of) = match self.baseline {
            Some((name, baseline)) => {
                let ratio = self.value / baseline;
                let baseline = digits(baseline);
                write!(f, " {name}: {baseline} {unit} | {ratio:.2}× |")?;
                (ratio, "×".to_owned())
            }
            None => {
                f.write_str(" | |")?;
                (self.value, format!(" {unit}"))
            }
        };
        let (sign, limit, is_met) = match self.wanted {
            Some(AtMost(limit)) => ("≤", limit, compared <= limit),
            Some(AtLeast(limit)) => ("≥", limit, compared >= limit),
            None => return f.write_str(" | |"),
        };
        let result = if is_met { "ok" } else { "missed" };
        write!(f, " {sign} {limit}{of} | {result} |")
    }
}

/// Formats a number with at least three digits.
fn digits(value: f64) -> String {
    let decimals = match value.abs() {
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{value:.decimals$}")
}

/// Returns the median of several runs.
///
/// # Panics
///
/// Panics if there are no runs.
#[must_use]
pub fn median(mut runs: Vec<f64>) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn a_line_has_the_ratio_and_what_is_wanted() {
        let line = Figure::new("recording an event", 58.21, "ns").beside("a bare queue", 20.0);
        let row = "| recording an event | 58.2 ns | a bare queue: 20.0 ns | 2.91× |";
        assert_eq!(line.to_string(), format!("{row} | |"));
        assert_eq!(line.at_most(3.0).to_string(), format!("{row} ≤ 3× | ok |"));
        assert_eq!(
            line.at_least(3.5).to_string(),
            format!("{row} ≥ 3.5× | missed |")
        );
        assert_eq!(
            Figure::new("memory", 412.0, "MB")
                .at_most(400.0)
                .to_string(),
            "| memory | 412 MB | | | ≤ 400 MB | missed |"
        );
    }
}
