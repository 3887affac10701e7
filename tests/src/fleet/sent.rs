//! Passes the payloads of a fleet to a store.

use std::collections::BTreeMap;

use pings_model::Registry;
use pings_payload::{Measures, Payload, Value};
use pings_store::{Observations, Received, Store, Versions};
use time::macros::datetime;

use super::Fleet;

/// The number of payloads per batch.
const BATCH: usize = 200;

impl Fleet {
    /// Sends all payloads to a store in order, followed by those of the copies.
    ///
    /// # Panics
    ///
    /// Panics if the store rejects a payload.
    pub async fn send(&self, store: &Store) {
        let all: Vec<&Payload> = self.payloads.iter().chain(&self.copies).collect();
        let now = datetime!(2030-01-01 0:00 UTC);
        for batch in all.chunks(BATCH) {
            let batch: Vec<Received> = batch
                .iter()
                .map(|it| Received::read(it.json().into_bytes(), now).expect("a payload"))
                .collect();
            store.accept(&batch).await.expect("the store accepts");
        }
    }

    /// Returns the observations of the store's doctor, without a store.
    #[must_use]
    pub fn observations<'r>(&self, registry: &'r Registry) -> Observations<'r> {
        let newest = self.newest();
        let mut places = BTreeMap::new();
        for (_, instance) in newest.keys() {
            let next = places.len();
            places.entry(*instance).or_insert(next);
        }
        let mut names = vec![String::new(); places.len()];
        for (instance, place) in &places {
            names[*place] = instance.to_string();
        }
        let weeks = self.shape.weeks as usize;
        let mut seen = Observations::new(registry, names, self.shape.first, weeks);
        let measures: Vec<(String, String, bool)> = seen
            .measures()
            .map(|(code, measure, adds_up)| (code.to_owned(), measure.to_owned(), adds_up))
            .collect();
        for ((week, instance), payload) in newest {
            let versions = Versions {
                known: payload.versions.keys().copied().collect(),
                has_unknown: payload.unversioned > 0,
                ..Versions::default()
            };
            let events = payload.versions.values().sum::<u64>() + payload.unversioned;
            let place = places[&instance];
            seen.report(place, week, &versions, events as f64);
            for (code, (name, measure, adds_up)) in measures.iter().enumerate() {
                match payload.metrics.get(name).map(|it| &it.outcome) {
                    None => {}
                    Some(Err(_)) => seen.failure(code, place, week),
                    Some(Ok(value)) => {
                        let numbers = numbers(value, measure);
                        let sum: f64 = numbers.iter().sum();
                        let parts = if *adds_up { 1.0 } else { numbers.len() as f64 };
                        if !numbers.is_empty() {
                            seen.value(code, place, week, sum / parts);
                        }
                    }
                }
            }
        }
        seen
    }
}

/// Returns the values of a measure, one per group.
fn numbers(value: &Value, measure: &str) -> Vec<f64> {
    let groups: Vec<&Measures> = match value {
        Value::One(measures) => vec![measures],
        Value::Rows { rows, .. } => rows.iter().map(|row| &row.measures).collect(),
        Value::Steps(steps) => steps.iter().map(|step| &step.measures).collect(),
    };
    groups
        .into_iter()
        .flatten()
        .filter(|(name, _)| name == measure)
        .filter_map(|(_, number)| number.as_ref()?.as_f64())
        .collect()
}
