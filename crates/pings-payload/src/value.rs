//! What a metric came to, as payloads carry it.

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Number, Value as Json};

/// What a metric came to.
///
/// Its JSON is that of reports: `{"count":3}`, with dimensions
/// `{"by":["x"],"rows":[{"x":"a","count":3}]}`, of a funnel
/// `{"steps":[{"events":["A"],"count":5,"users":4,"reached":4}]}`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Without dimensions.
    One(Measures),
    /// By dimensions.
    Rows {
        /// Their names.
        by: Vec<String>,
        /// What was measured for each of their values that occurs.
        rows: Vec<Row>,
    },
    /// Of a funnel.
    Steps(Vec<Step>),
}

/// What was measured, by name of the measure; nothing where there is nothing to measure.
pub type Measures = Vec<(String, Option<Number>)>;

/// What was measured for values of the dimensions.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The values, in the order of the dimensions: text, number, boolean or null.
    pub group: Vec<Json>,
    /// What was measured.
    pub measures: Measures,
}

/// A step of a funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The events that are the step.
    pub events: Vec<String>,
    /// `count`, `users` and `reached`.
    pub measures: Measures,
}

impl Value {
    /// Writes its members into a map.
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
