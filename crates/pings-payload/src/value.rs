//! The value of a metric in a payload.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Number, Value as Json};

/// The value of a metric.
///
/// The JSON is the same as in reports: `{"count":3}`, with dimensions
/// `{"by":["x"],"rows":[{"x":"a","count":3}]}`, and for a funnel
/// `{"steps":[{"events":["A"],"count":5,"users":4,"reached":4}]}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The measures of a metric without dimensions.
    One(Measures),
    /// The measures of a metric, grouped by dimensions.
    Rows {
        /// The names of the dimensions.
        by: Vec<String>,
        /// A row for each combination of dimension values that occurs.
        rows: Vec<Row>,
    },
    /// The steps of a funnel.
    Steps(Vec<Step>),
}

/// The measured values by measure name. A statistic of no values is `None`.
pub type Measures = Vec<(String, Option<Number>)>;

/// Returns a measure whose absolute value exceeds [`Value::LARGEST`], with its name.
#[must_use]
pub fn too_large(measures: &Measures) -> Option<(&str, &Number)> {
    measures.iter().find_map(|(name, number)| {
        let number = number.as_ref()?;
        let is_large = number.as_f64()?.abs() > Value::LARGEST;
        is_large.then_some((name.as_str(), number))
    })
}

/// The measures for one combination of dimension values.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The dimension values, in the order of the dimensions: text, number, boolean or null.
    pub group: Vec<Json>,
    /// The measured values.
    pub measures: Measures,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The events of the step.
    pub events: Vec<String>,
    /// The measures `count`, `users` and `reached`.
    pub measures: Measures,
}

impl Step {
    /// Returns the measure with this name.
    #[must_use]
    pub fn measure(&self, name: &str) -> Option<&Number> {
        let (_, number) = self.measures.iter().find(|(other, _)| other == name)?;
        number.as_ref()
    }
}

impl Value {
    /// The largest absolute value of a measure. Numbers of a million instances still add up.
    pub const LARGEST: f64 = 1e200;

    /// Returns a measure whose absolute value exceeds [`Value::LARGEST`], with its name.
    #[must_use]
    pub fn too_large(&self) -> Option<(&str, &Number)> {
        match self {
            Self::One(measures) => too_large(measures),
            Self::Rows { rows, .. } => rows.iter().find_map(|row| too_large(&row.measures)),
            Self::Steps(steps) => steps.iter().find_map(|step| too_large(&step.measures)),
        }
    }

    /// Returns the value as JSON, without line breaks.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Serializes the members into a map.
    pub(crate) fn entries<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        match self {
            Self::One(measures) => entries(map, measures)?,
            Self::Rows { by, rows } => {
                map.serialize_entry("by", by)?;
                let rows: Vec<_> = rows.iter().map(|row| Named { by, row }).collect();
                map.serialize_entry("rows", &rows)?;
            }
            Self::Steps(steps) => map.serialize_entry("steps", steps)?,
        }
        Ok(())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.entries(&mut map)?;
        map.end()
    }
}

struct Named<'a> {
    by: &'a [String],
    row: &'a Row,
}

impl Serialize for Named<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.by.iter().zip(&self.row.group) {
            map.serialize_entry(name, value)?;
        }
        entries(&mut map, &self.row.measures)?;
        map.end()
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("events", &self.events)?;
        entries(&mut map, &self.measures)?;
        map.end()
    }
}

fn entries<M: SerializeMap>(map: &mut M, measures: &Measures) -> Result<(), M::Error> {
    for (name, value) in measures {
        map.serialize_entry(name, value)?;
    }
    Ok(())
}
