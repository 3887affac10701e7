//! The texts that may leave an instance because the registry declares them.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Metric, Ping, Registry, Sensitivity, ValueDomain, ValueType, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value as Json};

use crate::dimension::dimension_value;
use crate::{Failure, FailureKind, Measures, Row, Value};

/// The replacement for all undeclared values.
pub const OTHER: &str = "@other";

/// The texts that may leave the instance in the dimensions of a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vocabulary {
    dimensions: Vec<(String, Texts)>,
}

/// The texts of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Texts {
    /// Any text, because the ping is identifying.
    Any,
    /// Exactly these texts.
    Declared(BTreeSet<String>),
    /// Numbers.
    Numbers,
    /// Booleans.
    Booleans,
    /// Dates.
    Dates,
    /// The three numbers of versions.
    Versions,
    /// Free text, which may not leave the instance.
    Free,
}

impl Vocabulary {
    /// Creates the vocabulary of a metric.
    #[must_use]
    pub fn new(registry: &Registry, ping: &Ping, metric: &Metric) -> Self {
        let texts = |texts| match texts {
            _ if ping.sensitivity == Sensitivity::Identifying => Texts::Any,
            ValueDomain::EventNames => {
                let names = registry.events().iter().map(|event| event.name.clone());
                Texts::Declared(names.collect())
            }
            ValueDomain::Declared(declared) => Texts::Declared(declared),
            ValueDomain::Numbers => Texts::Numbers,
            ValueDomain::Booleans => Texts::Booleans,
            ValueDomain::Dates => Texts::Dates,
            ValueDomain::Versions => Texts::Versions,
            ValueDomain::Free => Texts::Free,
        };
        let dimensions = ValueDomain::of(registry, metric)
            .into_iter()
            .map(|(name, of)| (name.to_owned(), texts(of)))
            .collect();
        Self { dimensions }
    }

    /// Returns the names of the dimensions, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &str> {
        self.dimensions.iter().map(|(name, _)| name.as_str())
    }

    /// Returns whether the registry declares every value of a group, so that the number of such
    /// groups is bounded.
    #[must_use]
    pub fn lists(&self, group: &[Json]) -> bool {
        let mut values = group.iter().zip(&self.dimensions);
        values.all(|(value, (_, texts))| match value {
            Json::Null => true,
            Json::String(text) if text == OTHER => true,
            Json::Bool(_) if *texts == Texts::Booleans => true,
            value => {
                matches!(texts, Texts::Declared(declared) if !declared.is_empty())
                    && texts.has(value)
            }
        })
    }

    /// Returns a dimension with free text, which keeps the whole metric on the instance.
    #[must_use]
    pub fn free(&self) -> Option<&str> {
        let mut free = self.dimensions.iter().filter(|(_, it)| *it == Texts::Free);
        free.next().map(|(name, _)| name.as_str())
    }

    /// Returns the value of a dimension, or [`OTHER`] if the value is an undeclared text. A number or
    /// boolean that an older version sent as text gets its type.
    #[must_use]
    pub fn declared(&self, dimension: &str, value: Json) -> Json {
        let texts = self.dimensions.iter().find(|(name, _)| name == dimension);
        match texts {
            Some((_, texts)) => texts.declared(value),
            None => value,
        }
    }

    /// Replaces undeclared texts in a value with [`OTHER`].
    ///
    /// # Errors
    ///
    /// Returns an error if a dimension is free text, or if the rows with undeclared texts must be
    /// merged and their measures cannot be added up.
    pub fn apply(&self, value: Value) -> Result<Value, Failure> {
        if let Some(name) = self.free() {
            return Err(Failure::new(
                FailureKind::Withheld,
                format!(
                    "`{name}` is free text, which is sent only with `sensitivity: identifying`"
                ),
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
                *value = texts.declared(value.take());
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
    /// Returns the value with its type, or [`OTHER`] if it may not leave the instance.
    fn declared(&self, value: Json) -> Json {
        let holds = match self {
            Self::Numbers => ValueType::Number,
            Self::Booleans => ValueType::Boolean,
            _ => ValueType::Text,
        };
        match value {
            value if !self.has(&value) => OTHER.into(),
            Json::String(text) => dimension_value(&text, holds),
            value => value,
        }
    }

    /// Returns whether a value may leave the instance. A text must be declared, and so must a
    /// number or boolean if the dimension declares any texts.
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
            // Only digits and number syntax, which excludes other texts that parse as numbers:
            // `nan`, `infinity`.
            Self::Numbers => {
                text.bytes()
                    .all(|it| it.is_ascii_digit() || b"+-.eE".contains(&it))
                    && text.parse::<f64>().is_ok()
            }
            Self::Booleans => matches!(text, "true" | "false"),
            Self::Dates => is_date(text),
            Self::Versions => Version::reduced(text).is_some_and(|it| it == text),
            Self::Free => false,
        }
    }
}

/// Returns whether a text is a day of the calendar, such as `2026-11-30`. A year may have more than
/// four digits.
fn is_date(text: &str) -> bool {
    let Some((year, day)) = text.split_once('-') else {
        return false;
    };
    let is_year = (4..=6).contains(&year.len()) && year.bytes().all(|it| it.is_ascii_digit());
    // The calendar repeats after 400 years.
    let alike = year.parse::<u32>().map(|year| 2000 + year % 400);
    is_year && alike.is_ok_and(|year| pings_model::is_date(&format!("{year}-{day}")))
}

/// Adds measures, or returns an error if a measure cannot be added up.
fn add(to: &mut Measures, measures: &Measures) -> Result<(), Failure> {
    for ((name, to), (_, value)) in to.iter_mut().zip(measures) {
        let sum = match (&*to, value) {
            _ if !matches!(name.as_str(), "count" | "sum") => None,
            (None, value) => Some(value.clone()),
            (to, None) => Some(to.clone()),
            (Some(to), Some(value)) => sum(to, value).map(Some),
        };
        *to = sum.ok_or_else(|| {
            let message = format!("several values are not declared, so `{name}` cannot be summed");
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Texts, Vocabulary, is_date};
    use crate::{Row, Value};

    #[test]
    fn dates_are_days_of_the_calendar() {
        for text in ["2026-11-30", "2024-02-29", "12024-02-29", "0004-02-29"] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "2026-99-99",
            "2026-02-29",
            "2026-11-31",
            "2026-11",
            "26-11-30",
            "2026-1-1",
            "x026-11-30",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }

    #[test]
    fn numbers_and_booleans_of_older_versions_get_their_types() {
        let dimensions = vec![
            ("length".to_owned(), Texts::Numbers),
            ("draft".to_owned(), Texts::Booleans),
        ];
        let vocabulary = Vocabulary { dimensions };
        let row = |length, draft, count: i64| Row {
            group: vec![length, draft],
            measures: vec![("count".to_owned(), Some(count.into()))],
        };
        let by = || vec!["length".to_owned(), "draft".to_owned()];
        let value = Value::Rows {
            by: by(),
            rows: vec![
                row(json!("10"), json!("true"), 1),
                row(json!(10), json!(true), 2),
                row(json!("0.5"), json!("@other"), 4),
                row(json!("ten"), json!("yes"), 8),
                row(json!(null), json!(false), 16),
            ],
        };
        let expected = Value::Rows {
            by: by(),
            rows: vec![
                row(json!(10), json!(true), 3),
                row(json!(0.5), json!("@other"), 4),
                row(json!("@other"), json!("@other"), 8),
                row(json!(null), json!(false), 16),
            ],
        };
        assert_eq!(vocabulary.apply(value), Ok(expected));
        assert!(!vocabulary.lists(&[json!(10), json!(true)]));
        assert!(vocabulary.lists(&[json!(null), json!(true)]));
    }
}
