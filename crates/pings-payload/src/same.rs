//! Comparison of payloads by content, independent of their JSON formatting.

use std::collections::BTreeMap;

use serde_json::{Number, Value as Json};

use crate::{Failure, Measured, Measures, Payload, Row, Value, Windowed, rfc3339};

/// The maximum relative difference between two fractions that count as equal.
///
/// Databases add fractions in arbitrary order and compute averages and deviations in different
/// ways, so the last digits of an unchanged number may differ.
const TOLERANCE: f64 = 1e-9;

impl Payload {
    /// Returns whether both payloads report the same values, so that only one of the two revisions
    /// must be sent.
    ///
    /// Numbers are compared by value. The revision, its reasons, the duration of each measurement, and the order
    /// of rows and measures are ignored.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        // A new field does not compile until it is decided here whether it counts.
        let Self {
            registry,
            fingerprint,
            instance,
            version,
            week,
            revision: _,
            reasons: _,
            is_running,
            versions,
            unversioned,
            metrics,
            windows,
            runtime,
        } = self;
        *registry == other.registry
            && *fingerprint == other.fingerprint
            && *instance == other.instance
            && *version == other.version
            && *week == other.week
            && *is_running == other.is_running
            && *versions == other.versions
            && *unversioned == other.unversioned
            && *runtime == other.runtime
            && are_same_metrics(metrics, &other.metrics)
            && windows.len() == other.windows.len()
            && windows
                .iter()
                .zip(&other.windows)
                .all(|(one, other)| is_same_window(one, other))
    }
}

fn is_same_window(one: &Windowed, other: &Windowed) -> bool {
    one.span == other.span
        && one.versions == other.versions
        && one.has_unversioned == other.has_unversioned
        && are_same_metrics(&one.metrics, &other.metrics)
}

fn are_same_metrics(one: &BTreeMap<String, Measured>, other: &BTreeMap<String, Measured>) -> bool {
    one.len() == other.len()
        && one.iter().all(|(code, metric)| {
            let other = other.get(code);
            other.is_some_and(|other| is_same(metric, other))
        })
}

fn is_same(one: &Measured, other: &Measured) -> bool {
    let outcome = match (&one.outcome, &other.outcome) {
        (Ok(one), Ok(other)) => is_same_value(one, other),
        // Only the kind of a failure is sent.
        (Err(one), Err(other)) => is_same_failure(one, other),
        _ => false,
    };
    // Payloads contain whole seconds.
    let at = |it: &Measured| it.captured_at.map(rfc3339);
    outcome && at(one) == at(other) && one.captured_by == other.captured_by
}

fn is_same_failure(one: &Failure, other: &Failure) -> bool {
    one.kind == other.kind
}

fn is_same_value(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::One(one), Value::One(other)) => are_same_measures(one, other),
        (
            Value::Rows { by, rows },
            Value::Rows {
                by: other_by,
                rows: other_rows,
            },
        ) => by == other_by && are_same_rows(rows, other_rows),
        (Value::Steps(one), Value::Steps(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|(one, other)| {
                    one.events == other.events && are_same_measures(&one.measures, &other.measures)
                })
        }
        _ => false,
    }
}

fn are_same_rows(one: &[Row], other: &[Row]) -> bool {
    let by_group = |rows: &[Row]| -> BTreeMap<String, Measures> {
        let row = |row: &Row| (group(row), row.measures.clone());
        rows.iter().map(row).collect()
    };
    let (groups, other_groups) = (by_group(one), by_group(other));
    one.len() == other.len()
        && groups.len() == other_groups.len()
        && groups.iter().all(|(group, measures)| {
            let other = other_groups.get(group);
            other.is_some_and(|other| are_same_measures(measures, other))
        })
}

/// Returns the values of a row's dimensions as a text. Equal numbers have equal texts.
fn group(row: &Row) -> String {
    let value = |value: &Json| match value.as_f64() {
        Some(number) if value.as_i64().is_none() => Json::from(number),
        _ => value.clone(),
    };
    Json::from_iter(row.group.iter().map(value)).to_string()
}

fn are_same_measures(one: &Measures, other: &Measures) -> bool {
    one.len() == other.len()
        && one.iter().all(|(name, number)| {
            let found = other.iter().find(|(other, _)| other == name);
            found.is_some_and(|(_, found)| match (number, found) {
                (Some(one), Some(other)) => is_same_number(one, other),
                (one, other) => one.is_none() && other.is_none(),
            })
        })
}

fn is_same_number(one: &Number, other: &Number) -> bool {
    if let (Some(one), Some(other)) = (one.as_i64(), other.as_i64()) {
        return one == other;
    }
    let (Some(a), Some(b)) = (one.as_f64(), other.as_f64()) else {
        return one == other;
    };
    a == b || (a - b).abs() <= TOLERANCE * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::Payload;

    fn payload(metrics: &Json) -> Payload {
        let json = json!({
            "format": 1, "registry": "r", "fingerprint": "f",
            "instance": "7f0c5b1e-8f3a-4c55-9d0e-2a4b6c8d0e1f",
            "week": "2021-W04", "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
            "revision": 1, "versions": { "1.0": 3 }, "metrics": metrics,
        });
        Payload::read(json.to_string().as_bytes()).unwrap()
    }

    fn is_same(one: &Json, other: &Json) -> bool {
        payload(one).says_the_same(&payload(other))
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for (one, other, same) in [
            (json!(1), json!(1.0), true),
            (json!(20.546632389861422), json!(20.546632389861426), true),
            (json!(0.1), json!(0.1 + 1e-7), false),
            (json!(1), json!(2), false),
            (json!(0), json!(-0.0), true),
            (json!(0), json!(1e-300), false),
            (
                json!(9_007_199_254_740_992_u64),
                json!(9_007_199_254_740_993_u64),
                false,
            ),
            (json!(null), json!(0), false),
            (json!(null), json!(null), true),
        ] {
            let (a, b) = (
                json!({ "A": { "sum": one } }),
                json!({ "A": { "sum": other } }),
            );
            assert_eq!(is_same(&a, &b), same, "{one} {other}");
        }
    }

    #[test]
    fn the_order_of_rows_and_measures_says_nothing() {
        let one = json!({ "A": { "by": ["x"], "rows": [
            { "x": "a", "count": 1, "sum": 2 }, { "x": 1.0, "count": 3, "sum": 4 } ] } });
        let other = json!({ "A": { "by": ["x"], "rows": [
            { "x": 1.0, "sum": 4.0, "count": 3 }, { "x": "a", "sum": 2.0, "count": 1 } ] } });
        assert!(is_same(&one, &other));
        let less = json!({ "A": { "by": ["x"], "rows": [{ "x": "a", "count": 1, "sum": 2 }] } });
        assert!(!is_same(&one, &less));
        assert!(!is_same(&one, &json!({ "A": { "error": "query" } })));
        assert!(!is_same(
            &json!({ "A": { "error": "schema" } }),
            &json!({ "A": { "error": "query" } })
        ));
    }

    #[test]
    fn every_number_survives_its_text() {
        // Without the feature `float_roundtrip`, about one number in ten differs in the last digit
        // after parsing.
        let mut bits = 0x3ff0_0000_0000_0000_u64;
        for _ in 0..20_000 {
            bits = bits
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let number = f64::from_bits(bits);
            if !number.is_finite() {
                continue;
            }
            let text = serde_json::to_string(&number).unwrap();
            let read: f64 = serde_json::from_str(&text).unwrap();
            assert_eq!(read.to_bits(), number.to_bits(), "{text}");
        }
    }
}
