//! The numbers of a payload as rows.

use std::collections::HashSet;
use std::sync::Arc;

use pings_model::Version;
use pings_payload::{FailureKind, Malformed, Measures, Payload, Value};
use serde_json::{Map, Value as Json, json};

use crate::names::name;
use crate::place::Place;

/// The most numbers of a payload.
const MOST: usize = 100_000;

/// The most bytes of the names of its numbers: dimensions and measure, once for each number.
const NAMES: usize = 16 << 20;

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
    /// All numbers of a group share it.
    pub(crate) dimensions: Arc<str>,
    /// The measure, a name that all its numbers share.
    pub(crate) measure: Arc<str>,
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
    let mut writer = Writer::default();
    for (code, measured) in &payload.metrics {
        let rows = &mut writer.rows;
        let place = rows.codes.len();
        rows.codes.push(code.clone());
        rows.captured_by.push(measured.captured_by);
        rows.kept_from.push(measured.kept_from.clone());
        match &measured.outcome {
            Err(failure) => rows.failures.push((place, failure.kind)),
            Ok(value) => writer.value(place, code, value)?,
        }
    }
    Ok(writer.rows)
}

/// Rows that are being made.
#[derive(Default)]
struct Writer {
    rows: Rows,
    /// The names of measures.
    measures: HashSet<Arc<str>>,
    /// The bytes of the names of series so far.
    names: usize,
}

impl Writer {
    fn value(&mut self, code: usize, name: &str, value: &Value) -> Result<(), Malformed> {
        match value {
            Value::One(measures) => self.add(code, Place::Code(name), "{}".into(), measures),
            Value::Rows { by, rows: groups } => {
                self.rows.grouped.push(code);
                let mut seen = HashSet::with_capacity(groups.len());
                for (place, row) in groups.iter().enumerate() {
                    let place = Place::Row(name, place);
                    let dimensions: Map<String, Json> =
                        by.iter().cloned().zip(row.group.iter().cloned()).collect();
                    let dimensions: Arc<str> = Json::from(dimensions).to_string().into();
                    self.add(code, place, Arc::clone(&dimensions), &row.measures)?;
                    if !seen.insert(dimensions) {
                        let reason = "another row has the same dimensions";
                        return Err(Malformed::new(place.to_string(), reason));
                    }
                }
                Ok(())
            }
            Value::Steps(steps) => {
                for (place, step) in steps.iter().enumerate() {
                    let dimensions = json!({ "step": place + 1, "events": step.events });
                    let dimensions = dimensions.to_string().into();
                    self.add(code, Place::Step(name, place), dimensions, &step.measures)?;
                }
                Ok(())
            }
        }
    }

    fn add(
        &mut self,
        code: usize,
        place: Place<'_>,
        dimensions: Arc<str>,
        measures: &Measures,
    ) -> Result<(), Malformed> {
        if dimensions.len() > LONGEST {
            let reason = format!("its dimensions are longer than {LONGEST} bytes");
            return Err(Malformed::new(place.to_string(), reason));
        }
        for (measure, value) in measures {
            if measure.len() > LONGEST_MEASURE {
                let reason = format!("a measure's name is longer than {LONGEST_MEASURE} bytes");
                return Err(Malformed::new(place.to_string(), reason));
            }
            if self.rows.measurements.len() == MOST {
                let reason = format!("there are more than {MOST} numbers");
                return Err(Malformed::too_large(place.to_string(), reason));
            }
            self.names += dimensions.len() + measure.len();
            if self.names > NAMES {
                let reason = format!("the names of its numbers have more than {NAMES} bytes");
                return Err(Malformed::too_large(place.to_string(), reason));
            }
            let measure = self.measure(measure);
            self.rows.measurements.push(Measurement {
                code,
                dimensions: Arc::clone(&dimensions),
                measure,
                value: value.as_ref().and_then(serde_json::Number::as_f64),
            });
        }
        Ok(())
    }

    /// The name of a measure, of which there is one for all its numbers.
    fn measure(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.measures.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.measures.insert(Arc::clone(&name));
        name
    }
}
