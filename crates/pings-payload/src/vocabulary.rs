//! The texts that may leave an instance: those that the registry declares.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Metric, Ping, Registry, Sensitivity, Texts as OfRegistry};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value as Json};

use crate::{Failure, FailureKind, Measures, Row, Value};

/// What stands for all values that are not declared.
pub const OTHER: &str = "@other";

/// The texts that the dimensions of a metric may carry off the instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    dimensions: Vec<(String, Texts)>,
}

/// The texts of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Texts {
    /// Any: its ping is identifying.
    Any,
    /// These.
    Declared(BTreeSet<String>),
    /// Numbers.
    Numbers,
    /// Nobody knows which: none may leave.
    Free,
}

impl Vocabulary {
    /// That of a metric.
    #[must_use]
    pub fn new(registry: &Registry, ping: &Ping, metric: &Metric) -> Self {
        let texts = |texts| match texts {
            _ if ping.sensitivity == Sensitivity::Identifying => Texts::Any,
            OfRegistry::EventNames => {
                let names = registry.events.iter().map(|event| event.name.clone());
                Texts::Declared(names.collect())
            }
            OfRegistry::Declared(declared) => Texts::Declared(declared),
            OfRegistry::Numbers => Texts::Numbers,
            OfRegistry::Free => Texts::Free,
        };
        let dimensions = OfRegistry::of(registry, metric)
            .into_iter()
            .map(|(name, of)| (name.to_owned(), texts(of)))
            .collect();
        Self { dimensions }
    }

    /// The names of the dimensions, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.dimensions.iter().map(|(name, _)| name.as_str())
    }

    /// Whether the registry lists every value of a group, so that it bounds how many there are.
    #[must_use]
    pub fn lists(&self, group: &[Json]) -> bool {
        let mut values = group.iter().zip(&self.dimensions);
        values.all(|(value, (_, texts))| match value {
            Json::Null => true,
            Json::String(text) if text == OTHER => true,
            value => {
                matches!(texts, Texts::Declared(declared) if !declared.is_empty())
                    && texts.has(value)
            }
        })
    }

    /// A dimension whose texts nobody declared, so that the metric stays on the instance.
    #[must_use]
    pub fn free(&self) -> Option<&str> {
        let mut free = self.dimensions.iter().filter(|(_, it)| *it == Texts::Free);
        free.next().map(|(name, _)| name.as_str())
    }

    /// The value of a dimension, or [`OTHER`] where it is a text that is not declared.
    #[must_use]
    pub fn declared(&self, dimension: &str, value: Json) -> Json {
        let texts = self.dimensions.iter().find(|(name, _)| name == dimension);
        match texts {
            Some((_, texts)) if !texts.has(&value) => OTHER.into(),
            _ => value,
        }
    }

    /// The value without the texts that are not declared, which become [`OTHER`].
    ///
    /// # Errors
    ///
    /// Where a dimension is free text, or where what is not declared has
    /// several rows whose measures cannot be added up.
    pub fn apply(&self, value: Value) -> Result<Value, Failure> {
        if let Some(name) = self.free() {
            return Err(Failure::new(
                FailureKind::Withheld,
                format!("`{name}` is free text, which leaves only with `sensitivity: identifying`"),
            ));
        }
        match value {
            Value::Rows { by, rows } => {
                let rows = self.rows(rows)?;
                Ok(Value::Rows { by, rows })
            }
            other => Ok(other),
        }
    }

    fn rows(&self, rows: Vec<Row>) -> Result<Vec<Row>, Failure> {
        let mut kept: Vec<Row> = Vec::with_capacity(rows.len());
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for mut row in rows {
            for (value, (_, texts)) in row.group.iter_mut().zip(&self.dimensions) {
                if !texts.has(value) {
                    *value = OTHER.into();
                }
            }
            match places.entry(Json::from(row.group.clone()).to_string()) {
                Entry::Occupied(place) => add(&mut kept[*place.get()].measures, &row.measures)?,
                Entry::Vacant(place) => {
                    place.insert(kept.len());
                    kept.push(row);
                }
            }
        }
        Ok(kept)
    }
}

impl Texts {
    /// Whether a value may leave: its text is declared, or it has none.
    fn has(&self, value: &Json) -> bool {
        match (self, value) {
            (_, Json::String(text)) => self.holds(text),
            (Self::Declared(declared), Json::Number(_) | Json::Bool(_)) => {
                declared.is_empty() || declared.contains(&value.to_string())
            }
            _ => true,
        }
    }

    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Declared(declared) => declared.contains(text),
            // Digits, and nothing that is read as a number besides: `nan`, `infinity`.
            Self::Numbers => {
                text.bytes()
                    .all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it))
                    && text.parse::<f64>().is_ok()
            }
            Self::Free => false,
        }
    }
}

/// Adds measures up, if they are of those that can be.
fn add(to: &mut Measures, measures: &Measures) -> Result<(), Failure> {
    for ((name, to), (_, value)) in to.iter_mut().zip(measures) {
        let sum = match (&*to, value) {
            _ if !matches!(name.as_str(), "count" | "sum") => None,
            (None, value) => Some(value.clone()),
            (to, None) => Some(to.clone()),
            (Some(to), Some(value)) => sum(to, value).map(Some),
        };
        *to = sum.ok_or_else(|| {
            let message = format!("several values are not declared, and `{name}` does not add up");
            Failure::new(FailureKind::Undeclared, message)
        })?;
    }
    Ok(())
}

fn sum(a: &Number, b: &Number) -> Option<Number> {
    match (a.as_i64(), b.as_i64()) {
        (Some(a), Some(b)) => a.checked_add(b).map(Number::from),
        _ => Number::from_f64(a.as_f64()? + b.as_f64()?),
    }
}
