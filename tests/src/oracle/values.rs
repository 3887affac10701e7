//! Measures of the values of an argument.

use pings_model::{Buckets, EventArgument, Measure, Percentile, Scalar};
use serde_json::{Map, Value};

use super::argument::{Members, Reading, read};

/// Adds the results of a measure over these rows.
pub fn measure(
    measure: &Measure<EventArgument>,
    rows: &[&Members],
    results: &mut Map<String, Value>,
) {
    match measure {
        Measure::Count => {
            results.insert("count".to_owned(), rows.len().into());
        }
        Measure::Distinct(argument) => {
            let distinct = distinct(&values(rows, argument));
            results.insert("distinct".to_owned(), distinct.into());
        }
        Measure::Sum(argument) => {
            results.insert("sum".to_owned(), sum(&values(rows, argument)));
        }
        Measure::Stats(argument) => stats(&sorted(rows, argument), results),
        Measure::Percentiles { value, at } => {
            let sorted = sorted(rows, value);
            for percentile in at {
                let value = percentile_of(&sorted, fraction(*percentile));
                results.insert(percentile.name(), value.into());
            }
        }
        Measure::Histogram { value, buckets } => {
            let ranges: Vec<String> = values(rows, value)
                .iter()
                .filter_map(|value| Some(label_of(as_number(value)?, buckets)))
                .collect();
            for label in buckets.labels() {
                let count = ranges.iter().filter(|range| **range == label).count();
                results.insert(label, count.into());
            }
        }
        Measure::Value(_) => unreachable!("only captures read the value of one row"),
    }
}

/// Returns the values of an argument. Missing values and values of another type are excluded.
fn values(rows: &[&Members], argument: &EventArgument) -> Vec<Scalar> {
    rows.iter()
        .filter_map(|members| match read(members, argument) {
            Reading::Value(value) => Some(value),
            Reading::Missing | Reading::Other => None,
        })
        .collect()
}

fn distinct(values: &[Scalar]) -> usize {
    let mut seen: Vec<&Scalar> = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen.len()
}

/// Sums values. The sum of integers is an integer.
fn sum(values: &[Scalar]) -> Value {
    let whole: Option<Vec<i64>> = values
        .iter()
        .map(|value| match value {
            Scalar::Integer(number) => Some(*number),
            _ => None,
        })
        .collect();
    match whole {
        Some(whole) => whole.iter().sum::<i64>().into(),
        None => values.iter().filter_map(as_number).sum::<f64>().into(),
    }
}

/// Returns the label of the range that contains a number.
pub fn label_of(number: f64, buckets: &Buckets) -> String {
    let bounds = buckets.bounds();
    let bounds = bounds
        .iter()
        .map(|bound| bound.parse::<f64>().expect("a bound"));
    let at = bounds.take_while(|bound| number >= *bound).count();
    buckets.labels()[at].clone()
}

fn as_number(value: &Scalar) -> Option<f64> {
    match value {
        Scalar::Integer(number) => Some(*number as f64),
        Scalar::Number(number) => Some(*number),
        Scalar::Missing | Scalar::Text(_) | Scalar::Boolean(_) => None,
    }
}

fn sorted(rows: &[&Members], argument: &EventArgument) -> Vec<f64> {
    let mut numbers: Vec<f64> = values(rows, argument)
        .iter()
        .filter_map(as_number)
        .collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn stats(sorted: &[f64], results: &mut Map<String, Value>) {
    let count = sorted.len() as f64;
    let average = (!sorted.is_empty()).then(|| sorted.iter().sum::<f64>() / count);
    // The sample standard deviation, which is 0 for fewer than two values.
    let deviation = match average {
        Some(average) if sorted.len() > 1 => {
            let squares = sorted.iter().map(|number| (number - average).powi(2));
            (squares.sum::<f64>() / (count - 1.0)).sqrt()
        }
        _ => 0.0,
    };
    for (name, value) in [
        ("avg", average),
        ("min", sorted.first().copied()),
        ("max", sorted.last().copied()),
        ("median", percentile_of(sorted, 0.5)),
        ("stddev", Some(deviation)),
    ] {
        results.insert(name.to_owned(), value.into());
    }
}

fn fraction(percentile: Percentile) -> f64 {
    percentile.fraction().parse().expect("a fraction")
}

/// Returns the value at a fraction of the way from the first value to the last, interpolated
/// between the two nearest values.
fn percentile_of(sorted: &[f64], fraction: f64) -> Option<f64> {
    let place = sorted.len().checked_sub(1)? as f64 * fraction;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    Some(below + (above - below) * place.fract())
}

#[cfg(test)]
mod tests {
    use pings_model::{ArgumentType, EventArgument, Measure, Percentile};
    use serde_json::{Map, Value, json};

    use super::super::argument::{Members, members};

    fn measured(measure: fn(EventArgument) -> Measure<EventArgument>, ty: ArgumentType) -> Value {
        of(
            measure,
            ty,
            &["10", "0.5", "12.0", "\"x\"", "null", "true", "12", "\"X\""],
        )
    }

    fn of(
        measure: fn(EventArgument) -> Measure<EventArgument>,
        ty: ArgumentType,
        values: &[&str],
    ) -> Value {
        let rows: Vec<Members> = values
            .iter()
            .map(|value| members(Some(&format!(r#"{{"x":{value}}}"#))))
            .collect();
        let name = "x".to_owned();
        let mut results = Map::new();
        super::measure(
            &measure(EventArgument {
                name,
                within: Vec::new(),
                renamed_from: Vec::new(),
                ty,
            }),
            &rows.iter().collect::<Vec<_>>(),
            &mut results,
        );
        Value::Object(results)
    }

    fn percentiles(value: EventArgument) -> Measure<EventArgument> {
        let at = [0, 25_000, 99_900, 100_000];
        let at = at.map(|at| Percentile::from_thousandths(at).expect("a percentile"));
        Measure::Percentiles {
            value,
            at: at.to_vec(),
        }
    }

    #[test]
    fn count() {
        let count = measured(|_| Measure::Count, ArgumentType::String);
        assert_eq!(count, json!({ "count": 8 }));
    }

    #[test]
    fn distinct() {
        for (ty, expected) in [
            (ArgumentType::String, 2),
            (ArgumentType::Enum(vec!["x".to_owned()]), 1),
            (ArgumentType::Integer, 2),
            (ArgumentType::Number, 3),
            (ArgumentType::Boolean, 1),
        ] {
            let found = measured(Measure::Distinct, ty.clone());
            assert_eq!(found, json!({ "distinct": expected }), "{ty:?}");
        }
    }

    #[test]
    fn sum() {
        let sum = |ty| measured(Measure::Sum, ty);
        assert_eq!(sum(ArgumentType::Integer), json!({ "sum": 34 }));
        assert_eq!(sum(ArgumentType::Number), json!({ "sum": 34.5 }));
        let nothing = of(Measure::Sum, ArgumentType::Number, &["null"]);
        assert_eq!(nothing, json!({ "sum": 0 }));
    }

    #[test]
    fn stats() {
        // The deviations of 2, 4 and 9 from 5 are -3, -1 and 4, and the variance is 26/2.
        let three = of(Measure::Stats, ArgumentType::Integer, &["9", "2", "4"]);
        let deviation = 13_f64.sqrt();
        let expected =
            json!({ "avg": 5.0, "min": 2.0, "max": 9.0, "median": 4.0, "stddev": deviation });
        assert_eq!(three, expected);
        let one = of(Measure::Stats, ArgumentType::Number, &["2.5", "\"9\""]);
        let expected = json!({ "avg": 2.5, "min": 2.5, "max": 2.5, "median": 2.5, "stddev": 0.0 });
        assert_eq!(one, expected);
        let none = of(Measure::Stats, ArgumentType::Number, &[]);
        let expected =
            json!({ "avg": null, "min": null, "max": null, "median": null, "stddev": 0.0 });
        assert_eq!(none, expected);
    }

    #[test]
    fn percentiles_are_interpolated() {
        // 99.9 % of the way over two gaps is 0.998 of the second gap.
        let three = of(percentiles, ArgumentType::Number, &["10", "20", "0"]);
        let expected = json!({ "p0": 0.0, "p25": 5.0, "p99_9": 19.98, "p100": 20.0 });
        assert_eq!(three, expected);
        let none = of(percentiles, ArgumentType::Number, &["[]"]);
        let expected = json!({ "p0": null, "p25": null, "p99_9": null, "p100": null });
        assert_eq!(none, expected);
    }
}
