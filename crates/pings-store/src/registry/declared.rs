//! The declarations of a registered registry, identified by its fingerprint. Payloads are checked
//! against them on arrival.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use pings_model::{Metric, Ping, Registry, Source};
use pings_payload::{
    Failure, FailureKind, Malformed, Measured, Measures, Row, Step, Value, Vocabulary,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::registry::measures::{dimensions, measures};
use crate::registry::place::Place;

/// The maximum number of groups of a code whose values no registry lists.
const GROUPS: usize = 1_000;

/// The maximum number of registries in the cache.
const REMEMBERED: usize = 32;

/// The declarations of a registry for its codes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Declared {
    codes: BTreeMap<String, Code>,
}

/// The declaration of a code.
#[derive(Debug, Serialize, Deserialize)]
struct Code {
    /// Whether events are measured, which are never captured. Older programs did not store it.
    #[serde(default)]
    is_of_events: bool,
    form: Form,
    measures: BTreeSet<String>,
    vocabulary: Vocabulary,
}

/// The form of a value.
#[derive(Debug, Serialize, Deserialize)]
enum Form {
    /// Measures.
    One,
    /// Measures for each group.
    Rows,
    /// Measures for each step, with the names of its events.
    Steps(Vec<BTreeSet<String>>),
}

impl Declared {
    /// Creates the declarations of a registry.
    pub(crate) fn new(registry: &Registry) -> Self {
        let codes = registry
            .metrics()
            .map(|(ping, metric)| (metric.code.clone(), Code::new(registry, ping, metric)));
        Self {
            codes: codes.collect(),
        }
    }

    /// Returns the document that the store keeps, and its digest.
    pub(crate) fn document(&self) -> (String, String) {
        let document = serde_json::to_string(self).unwrap_or_default();
        let digest = hex::encode(Sha256::digest(document.as_bytes()));
        (document, digest)
    }

    /// Restricts a value to the declarations of its code. Texts that the registry does not list
    /// become `@other`.
    ///
    /// # Errors
    ///
    /// Returns the reason if the registry does not declare a measure of the code, or if the value
    /// has another form.
    fn hold(&self, code: &str, value: Value) -> Result<Result<Value, Failure>, String> {
        let Some(declared) = self.codes.get(code) else {
            // Values of an undeclared code are never trusted.
            return Ok(bounded(value, |_| false));
        };
        declared.check(&value)?;
        let held = declared.vocabulary.apply(value);
        let is_listed = |row: &Row| declared.vocabulary.lists(&row.group);
        Ok(held.and_then(|value| bounded(value, is_listed)))
    }
}

impl Code {
    fn new(registry: &Registry, ping: &Ping, metric: &Metric) -> Self {
        let form = match &metric.source {
            Source::Funnel(funnel) => {
                let steps = funnel.steps.iter().map(|events| {
                    let events = events.iter().map(|event| registry.event(*event));
                    let names = events.flat_map(|event| event.wire_names());
                    names.map(str::to_owned).collect()
                });
                Form::Steps(steps.collect())
            }
            _ if dimensions(metric).is_empty() => Form::One,
            _ => Form::Rows,
        };
        Self {
            is_of_events: !matches!(metric.source, Source::Capture(_) | Source::Sql(_)),
            form,
            measures: measures(metric).into_iter().map(|(name, _)| name).collect(),
            vocabulary: Vocabulary::new(registry, ping, metric),
        }
    }

    /// Refuses the time and the version of a capture for a metric that is not captured. The version
    /// would decide about trust instead of the versions that ran in the week.
    fn check_capture(&self, code: &str, measured: &Measured) -> Result<(), Malformed> {
        let members = [
            ("captured_at", measured.captured_at.is_some()),
            ("captured_by", measured.captured_by.is_some()),
        ];
        let is_wrong = |(_, is_present): &&(_, bool)| self.is_of_events && *is_present;
        match members.iter().find(is_wrong) {
            Some((member, _)) => {
                let reason = "the registry with this fingerprint does not capture the metric";
                let place = Place::Member(code, member);
                Err(Malformed::new(place.to_string(), reason))
            }
            None => Ok(()),
        }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        match (&self.form, value) {
            // A value without groups is allowed for a code with groups, because it does not belong
            // to any group.
            (Form::One | Form::Rows, Value::One(measures)) => self.check_measures(measures),
            (Form::Rows, Value::Rows { by, rows }) => {
                if !self.vocabulary.names().eq(by.iter().map(String::as_str)) {
                    return Err(
                        "the registry with this fingerprint has other dimensions".to_owned()
                    );
                }
                let mut rows = rows.iter();
                rows.try_for_each(|row| self.check_measures(&row.measures))
            }
            (Form::Steps(declared), Value::Steps(steps)) => {
                let is_declared = |(names, step): (&BTreeSet<String>, &Step)| {
                    step.events.len() <= names.len()
                        && step.events.iter().all(|event| names.contains(event))
                };
                if steps.len() != declared.len() || !declared.iter().zip(steps).all(is_declared) {
                    return Err("the registry with this fingerprint has other steps".to_owned());
                }
                let mut steps = steps.iter();
                steps.try_for_each(|step| self.check_measures(&step.measures))
            }
            _ => Err("the registry with this fingerprint measures it in another form".to_owned()),
        }
    }

    fn check_measures(&self, measures: &Measures) -> Result<(), String> {
        let unknown = measures
            .iter()
            .find(|(name, _)| !self.measures.contains(name));
        match unknown {
            Some((name, _)) => {
                let name: String = name.chars().take(40).collect();
                Err(format!(
                    "the registry with this fingerprint has no measure {name:?}"
                ))
            }
            None => Ok(()),
        }
    }
}

/// Returns the value, unless it has too many groups that no registry lists.
fn bounded(value: Value, is_listed: impl Fn(&Row) -> bool) -> Result<Value, Failure> {
    let groups = match &value {
        Value::One(_) => 1,
        Value::Rows { rows, .. } => rows.iter().filter(|row| !is_listed(row)).count(),
        Value::Steps(steps) => steps.len(),
    };
    if groups > GROUPS {
        let message = format!("{groups} groups exceed the maximum of {GROUPS}");
        return Err(Failure::new(FailureKind::Undeclared, message));
    }
    Ok(value)
}

/// The declarations of the registries that a payload refers to, as far as the store knows them.
#[derive(Debug, Default)]
pub struct Declarations {
    /// The declarations by fingerprint.
    pub(crate) known: BTreeMap<String, Arc<Declared>>,
}

impl Declarations {
    /// Restricts the value of a code to the registry of its fingerprint. If that registry is not
    /// registered, only the number of groups is limited.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry does not declare a measure of the code, if the value has
    /// another form, or if the metric is not captured but has a time or version of a capture.
    pub(crate) fn hold(
        &self,
        fingerprint: &str,
        code: &str,
        measured: Measured,
    ) -> Result<Held, Malformed> {
        let from = measured.kept_from.as_deref().unwrap_or(fingerprint);
        let registry = self.known.get(from);
        let declared = registry.and_then(|registry| registry.codes.get(code));
        if let Some(declared) = declared {
            declared.check_capture(code, &measured)?;
        }
        let outcome = match (measured.outcome, registry) {
            (Err(failure), _) => Err(failure),
            (Ok(value), Some(registry)) => registry
                .hold(code, value)
                .map_err(|reason| Malformed::new(Place::Code(code).to_string(), reason))?,
            (Ok(value), None) => bounded(value, |_| false),
        };
        let of_value = match &outcome {
            Ok(value) => unlisted(value, declared),
            Err(_) => 0,
        };
        let of_code = if declared.is_some() { 0 } else { code.len() };
        Ok(Held {
            measured: Measured {
                outcome,
                ..measured
            },
            unlisted: of_code + of_value,
        })
    }
}

/// A code after it was restricted to the registry of its fingerprint.
pub(crate) struct Held {
    pub(crate) measured: Measured,
    /// The bytes of names and texts that no registry lists.
    pub(crate) unlisted: usize,
}

/// Returns how many bytes of names and texts in a value no registry lists.
fn unlisted(value: &Value, declared: Option<&Code>) -> usize {
    let of_measures = |measures: &Measures| match declared {
        Some(_) => 0,
        None => measures.iter().map(|(name, _)| name.len()).sum::<usize>(),
    };
    match value {
        Value::One(measures) => of_measures(measures),
        Value::Rows { by, rows } => {
            let by: usize = by.iter().map(String::len).sum();
            let is_listed =
                |row: &&Row| declared.is_some_and(|declared| declared.vocabulary.lists(&row.group));
            let rows = rows.iter().filter(|row| !is_listed(row));
            let of_row = |row: &Row| {
                let group = row
                    .group
                    .iter()
                    .map(|value| value.as_str().map_or(8, str::len));
                by + group.sum::<usize>() + of_measures(&row.measures)
            };
            rows.map(of_row).sum()
        }
        Value::Steps(_) if declared.is_some() => 0,
        Value::Steps(steps) => {
            let of_step = |step: &Step| {
                let events = step.events.iter().map(String::len);
                events.sum::<usize>() + of_measures(&step.measures)
            };
            steps.iter().map(of_step).sum()
        }
    }
}

/// The name and the fingerprint of a registry.
type Key = (String, String);

/// A cache of declarations. Each entry has the digest of its document, which shows whether the
/// entry is current.
#[derive(Default)]
pub(crate) struct Cache(Mutex<HashMap<Key, (String, Arc<Declared>)>>);

impl Cache {
    pub(crate) fn get(&self, key: &Key, digest: &str) -> Option<Arc<Declared>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, declared) = cache.get(key)?;
        (of == digest).then(|| Arc::clone(declared))
    }

    pub(crate) fn put(&self, key: Key, digest: String, declared: Arc<Declared>) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= REMEMBERED {
            cache.clear();
        }
        cache.insert(key, (digest, declared));
    }
}
