//! How the values of instances are spread.

use serde_json::{Value as Json, json};

use crate::analysis::numbers::number;
use crate::analysis::statistics::{quantile, share};

/// How the values of instances are spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// The number of instances with a value.
    pub instances: u64,
    /// The number of instances whose value is greater than 0.
    pub using: u64,
    /// The sum of the values, if the values of a measure can be added.
    pub total: Option<f64>,
    /// The mean.
    pub mean: Option<f64>,
    /// The median.
    pub p50: Option<f64>,
    /// The 90th percentile, interpolated.
    pub p90: Option<f64>,
    /// The 99th percentile, interpolated.
    pub p99: Option<f64>,
}

impl Spread {
    /// Describes values. There is a total only if the values can be added.
    pub(crate) fn of(mut values: Vec<f64>, adds_up: bool) -> Self {
        // A sum in ascending order does not depend on the order of rows.
        values.sort_by(f64::total_cmp);
        let sum = (!values.is_empty()).then(|| values.iter().sum::<f64>());
        Self {
            instances: values.len() as u64,
            using: values.iter().filter(|value| **value > 0.0).count() as u64,
            total: sum.filter(|_| adds_up),
            mean: sum.map(|sum| sum / values.len() as f64),
            p50: quantile(&mut values, 0.5),
            p90: quantile(&mut values, 0.9),
            p99: quantile(&mut values, 0.99),
        }
    }

    /// Returns the share of instances whose value is greater than 0.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.instances > 0).then(|| share(self.using, self.instances))
    }

    /// Returns the statistics by their names in answers.
    #[must_use]
    pub fn statistics(&self) -> [(Statistic, Option<f64>); 6] {
        Statistic::ALL.map(|statistic| (statistic, self.get(statistic)))
    }

    /// Returns a statistic.
    #[must_use]
    pub fn get(&self, statistic: Statistic) -> Option<f64> {
        match statistic {
            Statistic::Total => self.total,
            Statistic::Mean => self.mean,
            Statistic::P50 => self.p50,
            Statistic::P90 => self.p90,
            Statistic::P99 => self.p99,
            Statistic::Share => self.share(),
        }
    }

    /// Returns the spread as JSON.
    pub(crate) fn json(&self) -> Json {
        let mut json = json!({ "instances": self.instances, "using": self.using });
        for (statistic, value) in self.statistics() {
            json[statistic.as_str()] = value.map_or(Json::Null, number);
        }
        json
    }
}

/// A statistic over the values of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// The sum.
    Total,
    /// The mean.
    Mean,
    /// The median.
    P50,
    /// The 90th percentile.
    P90,
    /// The 99th percentile.
    P99,
    /// The share of instances whose value is greater than 0.
    Share,
}

impl Statistic {
    /// All statistics, in the order of answers.
    pub const ALL: [Self; 6] = [
        Self::Total,
        Self::Mean,
        Self::P50,
        Self::P90,
        Self::P99,
        Self::Share,
    ];

    /// Returns the name of the statistic in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Mean => "mean",
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P99 => "p99",
            Self::Share => "share",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn statistics_are_those_of_the_definitions() {
        let spread = Spread::of(vec![4.0, 0.0, 2.0, 10.0, 0.0], true);
        assert_eq!((spread.instances, spread.using), (5, 3));
        assert_eq!((spread.total, spread.mean), (Some(16.0), Some(3.2)));
        // Place 3.6 of 0 to 4, between 4 and 10.
        assert_eq!(spread.p50, Some(2.0));
        assert!(spread.p90.is_some_and(|p90| (p90 - 7.6).abs() < 1e-9));
        assert_eq!(spread.share(), Some(0.6));
        assert_eq!(Spread::of(vec![], true), Spread::default());
        assert_eq!(Spread::of(vec![1.0], false).total, None);
    }
}
