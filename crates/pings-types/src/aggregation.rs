//! The period that a value covers.

use crate::text::words;

/// The period that a value covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aggregation {
    /// One ISO week, from Monday 00:00:00 UTC (inclusive) to the next Monday (exclusive).
    Weekly,
    /// Everything in the tables at capture time.
    Total,
}

words!(Aggregation {
    Weekly: "weekly",
    Total: "total",
});

#[cfg(test)]
mod tests {
    use super::Aggregation;

    #[test]
    fn words_are_parsed_and_serialized() {
        for aggregation in Aggregation::ALL {
            assert_eq!(aggregation.as_str().parse(), Ok(*aggregation));
            let json = serde_json::to_string(aggregation).unwrap();
            assert_eq!(json, format!("\"{aggregation}\""));
            assert_eq!(
                serde_json::from_str::<Aggregation>(&json).unwrap(),
                *aggregation
            );
        }
        let message = "\"Weekly\" is not one of the values \"weekly\", \"total\"";
        assert_eq!(
            "Weekly".parse::<Aggregation>().unwrap_err().to_string(),
            message
        );
        let error = serde_json::from_str::<Aggregation>("\"Weekly\"").unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}
