//! Compares two reports.

use serde_json::{Map, Value};

/// The relative tolerance for numbers.
const TOLERANCE: f64 = 1e-9;

/// Returns the first difference between two reports, or `None` if they are equal.
///
/// Integers must be equal. Other numbers may differ in their last bits.
#[must_use]
pub fn difference(expected: &Value, found: &Value) -> Option<String> {
    differ("", expected, found, 1.0)
}

fn differ(path: &str, expected: &Value, found: &Value, scale: f64) -> Option<String> {
    let complaint = || Some(format!("at {path}: expected {expected}, found {found}"));
    match (expected, found) {
        (Value::Object(a), Value::Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return complaint();
            }
            let scale = scale_of(a);
            a.iter()
                .zip(b.values())
                .find_map(|((name, a), b)| differ(&format!("{path}/{name}"), a, b, scale))
        }
        (Value::Array(a), Value::Array(b)) => {
            if a.len() != b.len() {
                return complaint();
            }
            let pairs = a.iter().zip(b).enumerate();
            pairs
                .into_iter()
                .find_map(|(at, (a, b))| differ(&format!("{path}/{at}"), a, b, scale))
        }
        (Value::Number(a), Value::Number(b)) if !(a.is_i64() && b.is_i64()) => {
            let (a, b) = (a.as_f64()?, b.as_f64()?);
            let most = TOLERANCE * scale.max(a.abs()).max(b.abs());
            ((a - b).abs() > most).then(complaint)?
        }
        _ => (expected != found).then(complaint)?,
    }
}

/// Returns the largest absolute value that the results of a group are based on. A small deviation
/// is only as exact as these values.
fn scale_of(results: &Map<String, Value>) -> f64 {
    ["min", "max"]
        .iter()
        .filter_map(|name| results.get(*name)?.as_f64())
        .fold(1.0, |scale, value| scale.max(value.abs()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::difference;

    #[test]
    fn whole_numbers_are_exact() {
        let large = json!({ "sum": 9_007_199_254_740_991_000_i64 });
        assert_eq!(difference(&large, &large), None);
        let other = json!({ "sum": 9_007_199_254_740_991_001_i64 });
        assert!(difference(&large, &other).is_some());
    }

    #[test]
    fn fractions_are_nearly_the_same() {
        let same = |a, b| difference(&json!([{ "sum": a }]), &json!([{ "sum": b }])).is_none();
        assert!(same(0.1 + 0.2, 0.3));
        assert!(same(1e100, 1e100 + 1e85));
        assert!(!same(1.0, 1.000_001));
        assert!(same(3.0, 3.0) && same(0.0, 1e-16));
    }

    #[test]
    fn zero_is_not_nothing_and_order_matters() {
        assert!(difference(&json!({ "avg": null }), &json!({ "avg": 0.0 })).is_some());
        assert!(difference(&json!([1, 2]), &json!([2, 1])).is_some());
        assert!(difference(&json!({ "a": 1, "b": 1 }), &json!({ "b": 1, "a": 1 })).is_some());
        assert!(difference(&json!("1"), &json!(1)).is_some());
    }
}
