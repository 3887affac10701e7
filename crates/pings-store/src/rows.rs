//! The numbers of a payload as rows.

use std::collections::BTreeSet;

use pings_model::Version;
use pings_payload::{FailureKind, Malformed, Measures, Payload, Value};
use serde_json::{Map, Value as Json, json};

use crate::names::name;

/// The most numbers of a payload.
const MOST: usize = 100_000;

/// The longest dimensions, in bytes of their JSON: PostgreSQL's index takes no more.
const LONGEST: usize = 1_500;

/// The longest name of a measure.
const LONGEST_MEASURE: usize = 200;

/// What a payload says.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// Its codes, to which the others point by place.
    pub(crate) codes: Vec<String>,
    /// The versions that captured them, by place.
    pub(crate) captured_by: Vec<Option<Version>>,
    /// The fingerprints of the registries that measured them, by place, where an earlier revision
    /// carried them and the payload's registry does not measure them.
    pub(crate) kept_from: Vec<Option<String>>,
    pub(crate) measurements: Vec<Measurement>,
    pub(crate) failures: Vec<(usize, FailureKind)>,
    /// The codes that were measured by dimensions, whether or not there were any.
    pub(crate) grouped: Vec<usize>,
}

/// A number.
#[derive(Debug)]
pub(crate) struct Measurement {
    pub(crate) code: usize,
    /// What it is of, as JSON, in the order of the registry: `{"insightType":"searchInsights"}`.
    pub(crate) dimensions: String,
    pub(crate) measure: String,
    pub(crate) value: Option<f64>,
}

impl Measurement {
    /// The name of what it is of, its code having this number.
    pub(crate) fn series(&self, code: i64) -> String {
        name(&[&code.to_string(), &self.dimensions, &self.measure])
    }
}

/// The rows of a payload.
///
/// # Errors
///
/// Where something is said twice, or is larger than rows are.
pub(crate) fn rows(payload: &Payload) -> Result<Rows, Malformed> {
    let mut rows = Rows::default();
    for (code, measured) in &payload.metrics {
        let place = rows.codes.len();
        rows.codes.push(code.clone());
        rows.captured_by.push(measured.captured_by);
        rows.kept_from.push(measured.kept_from.clone());
        let path = format!("metrics.{code}");
        match &measured.outcome {
            Err(failure) => rows.failures.push((place, failure.kind)),
            Ok(value) => of_value(&mut rows, place, &path, value)?,
        }
    }
    Ok(rows)
}

fn of_value(rows: &mut Rows, code: usize, path: &str, value: &Value) -> Result<(), Malformed> {
    match value {
        Value::One(measures) => add(rows, code, path, "{}", measures),
        Value::Rows { by, rows: groups } => {
            rows.grouped.push(code);
            if by.iter().collect::<BTreeSet<_>>().len() < by.len() {
                return Err(malformed(&format!("{path}.by"), "a name is there twice"));
            }
            let mut seen = BTreeSet::new();
            for (place, row) in groups.iter().enumerate() {
                let path = format!("{path}.rows[{place}]");
                let dimensions: Map<String, Json> =
                    by.iter().cloned().zip(row.group.iter().cloned()).collect();
                let dimensions = Json::from(dimensions).to_string();
                add(rows, code, &path, &dimensions, &row.measures)?;
                if !seen.insert(dimensions) {
                    return Err(malformed(&path, "another row has the same dimensions"));
                }
            }
            Ok(())
        }
        Value::Steps(steps) => {
            for (place, step) in steps.iter().enumerate() {
                let path = format!("{path}.steps[{place}]");
                let dimensions = json!({ "step": place + 1, "events": step.events });
                add(rows, code, &path, &dimensions.to_string(), &step.measures)?;
            }
            Ok(())
        }
    }
}

fn add(
    rows: &mut Rows,
    code: usize,
    path: &str,
    dimensions: &str,
    measures: &Measures,
) -> Result<(), Malformed> {
    if dimensions.len() > LONGEST {
        let reason = format!("its dimensions are longer than {LONGEST} bytes");
        return Err(malformed(path, &reason));
    }
    for (measure, value) in measures {
        if measure.len() > LONGEST_MEASURE {
            let reason = format!("a measure's name is longer than {LONGEST_MEASURE} bytes");
            return Err(malformed(path, &reason));
        }
        if rows.measurements.len() == MOST {
            let reason = format!("there are more than {MOST} numbers");
            return Err(malformed(path, &reason));
        }
        rows.measurements.push(Measurement {
            code,
            dimensions: dimensions.to_owned(),
            measure: measure.clone(),
            value: value.as_ref().and_then(serde_json::Number::as_f64),
        });
    }
    Ok(())
}

fn malformed(path: &str, reason: &str) -> Malformed {
    Malformed {
        path: path.to_owned(),
        reason: reason.to_owned(),
    }
}
