//! Converts the values of a payload to rows.

use std::collections::HashSet;
use std::sync::Arc;

use pings_model::Version;
use pings_payload::{FailureKind, Malformed, Measured, Measures, Payload, Value};
use serde_json::{Map, Value as Json, json};

use crate::ingest::intern::name;
use crate::registry::origin::{self, Seen};
use crate::registry::place::Place;
use crate::registry::windowed::stored_code;

/// The maximum number of values in a payload.
const MOST: usize = 100_000;

/// The maximum size of the names of its values in bytes: dimensions and measure, counted for each
/// value.
const NAMES: usize = 16 << 20;

/// The maximum length of dimensions as JSON, in bytes. An index of PostgreSQL accepts no more.
const LONGEST: usize = 1_500;

/// The maximum length of the name of a measure in bytes.
const LONGEST_MEASURE: usize = 200;

/// The rows of a payload.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The codes of the payload. Other members refer to them by index.
    pub(crate) codes: Vec<String>,
    /// The versions that captured the codes, in the order of `codes`.
    pub(crate) captured_by: Vec<Option<Version>>,
    /// In the order of `codes`, the fingerprints of the registries whose values an earlier revision
    /// carried over because the registry of the payload does not measure the code.
    pub(crate) kept_from: Vec<Option<String>>,
    /// In the order of `codes`, the versions that ran in the window of the values, if it is not the
    /// week.
    pub(crate) windows: Vec<Option<Arc<[Seen]>>>,
    pub(crate) measurements: Vec<Measurement>,
    pub(crate) failures: Vec<(usize, FailureKind)>,
    /// The codes that were measured by dimensions, even if there were no groups.
    pub(crate) grouped: Vec<usize>,
}

/// A value.
#[derive(Debug)]
pub(crate) struct Measurement {
    pub(crate) code: usize,
    /// The dimensions as JSON, in the order of the registry: `{"insightType":"searchInsights"}`.
    /// All values of a group share the text.
    pub(crate) dimensions: Arc<str>,
    /// The name of the measure. All values of a measure share the text.
    pub(crate) measure: Arc<str>,
    pub(crate) value: Option<f64>,
}

impl Measurement {
    /// Returns the name of the series, given the id of the code.
    pub(crate) fn series(&self, code: i64) -> String {
        name(&[&code.to_string(), &self.dimensions, &self.measure])
    }
}

/// Converts the values of a payload to rows.
///
/// # Errors
///
/// Returns an error if a row occurs twice, or if the values exceed the limits for rows.
pub(crate) fn rows(payload: &Payload) -> Result<Rows, Malformed> {
    let mut writer = Writer::default();
    for (code, measured) in &payload.metrics {
        writer.code(code, measured, None)?;
    }
    for window in &payload.windows {
        let versions: Arc<[Seen]> = origin::of_window(window).into();
        for (code, measured) in &window.metrics {
            let name = stored_code(code, window.span);
            if payload.metrics.contains_key(&name) {
                let reason = "values of a window have the same name";
                return Err(Malformed::new(Place::Code(&name).to_string(), reason));
            }
            writer.code(&name, measured, Some(Arc::clone(&versions)))?;
        }
    }
    Ok(writer.rows)
}

/// Collects the rows of a payload.
#[derive(Default)]
struct Writer {
    rows: Rows,
    /// The shared names of measures.
    measures: HashSet<Arc<str>>,
    /// The size of the names of series so far, in bytes.
    names: usize,
}

impl Writer {
    fn code(
        &mut self,
        code: &str,
        measured: &Measured,
        window: Option<Arc<[Seen]>>,
    ) -> Result<(), Malformed> {
        let rows = &mut self.rows;
        let place = rows.codes.len();
        rows.codes.push(code.to_owned());
        rows.captured_by.push(measured.captured_by);
        rows.kept_from.push(measured.kept_from.clone());
        rows.windows.push(window);
        match &measured.outcome {
            Err(failure) => {
                rows.failures.push((place, failure.kind));
                Ok(())
            }
            Ok(value) => self.value(place, code, value),
        }
    }

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
            let reason = format!("the dimensions are longer than {LONGEST} bytes");
            return Err(Malformed::new(place.to_string(), reason));
        }
        for (measure, value) in measures {
            if measure.len() > LONGEST_MEASURE {
                let reason =
                    format!("the name of a measure is longer than {LONGEST_MEASURE} bytes");
                return Err(Malformed::new(place.to_string(), reason));
            }
            if self.rows.measurements.len() == MOST {
                let reason = format!("there are more than {MOST} numbers");
                return Err(Malformed::too_large(place.to_string(), reason));
            }
            self.names += dimensions.len() + measure.len();
            if self.names > NAMES {
                let reason =
                    format!("the names of the numbers are longer than {NAMES} bytes in total");
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

    /// Returns the shared name of a measure.
    fn measure(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.measures.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.measures.insert(Arc::clone(&name));
        name
    }
}
