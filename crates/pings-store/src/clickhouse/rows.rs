//! The rows of the tables.

use std::collections::BTreeMap;

use clickhouse::Row;
use pings_payload::rfc3339;
use serde::{Deserialize, Serialize};

use super::ids;
use crate::ingest::accept::of_code;
use crate::ingest::received::Received;
use crate::registry::origin::{Seen, exact, text};

#[derive(Row, Serialize, Deserialize)]
pub(super) struct Instance {
    pub(super) id: i64,
    pub(super) uuid: String,
    pub(super) key: Option<String>,
    pub(super) left_out: Option<String>,
    pub(super) version: u64,
    pub(super) is_deleted: u8,
}

#[derive(Clone, Row, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) id: i64,
    registry: String,
    fingerprint: String,
    versions: String,
    exact_versions: String,
    version_names: Vec<String>,
    version_keys: Vec<String>,
}

#[derive(Clone, Row, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) id: i64,
    registry: String,
    code: String,
}

#[derive(Clone, Row, Serialize, Deserialize)]
pub(super) struct Series {
    pub(super) id: i64,
    code: i64,
    dimensions: String,
    measure: String,
}

#[derive(Row, Serialize, Deserialize)]
pub(super) struct Payload {
    registry: String,
    instance: i64,
    week: String,
    revision: u32,
    digest: String,
    id: i64,
    is_conflict: u8,
    origin: i64,
    received_at: String,
    version_names: Vec<String>,
    version_keys: Vec<String>,
    version_events: Vec<i64>,
    body: String,
    version: u64,
}

/// The newest revision of a week, with the codes of its outcomes.
#[derive(Row, Serialize, Deserialize)]
pub(super) struct Week {
    registry: String,
    week: String,
    instance: i64,
    id: i64,
    revision: u32,
    origin: i64,
    received_at: String,
    version_names: Vec<String>,
    version_keys: Vec<String>,
    version_events: Vec<i64>,
    pub(super) codes: Vec<i64>,
    version: u64,
    is_deleted: u8,
}

/// The outcome of a code in a week of an instance: numbers, or a failure.
#[derive(Row, Serialize, Deserialize)]
pub(super) struct Outcome {
    pub(super) code: i64,
    week: String,
    instance: i64,
    origin: i64,
    is_grouped: u8,
    failure: String,
    series: Vec<i64>,
    numbers: Vec<Option<f64>>,
    version: u64,
    is_deleted: u8,
}

/// A payload with its ids.
pub(super) struct Numbered<'r> {
    pub(super) received: &'r Received,
    pub(super) instance: i64,
    pub(super) id: i64,
    /// When the payload was received, as its row says.
    pub(super) received_at: String,
}

/// Returns the id of the origin of a payload.
pub(super) fn origin(received: &Received) -> i64 {
    let versions = text(&received.versions);
    ids::origin(&received.registry, &received.fingerprint, &versions)
}

/// Returns the id under which a payload is stored.
pub(super) fn payload(received: &Received, instance: i64) -> i64 {
    let week = received.week.to_string();
    let of_week = (week.as_str(), received.revision);
    ids::payload(&received.registry, instance, of_week, &received.digest)
}

/// The names that payloads use, by their ids.
#[derive(Default)]
pub(super) struct Names {
    pub(super) origins: BTreeMap<i64, Origin>,
    pub(super) codes: BTreeMap<i64, Code>,
    pub(super) series: BTreeMap<i64, Series>,
}

impl Names {
    fn origin(&mut self, registry: &str, fingerprint: &str, versions: &[Seen]) -> i64 {
        let told = text(versions);
        let id = ids::origin(registry, fingerprint, &told);
        self.origins.entry(id).or_insert_with(|| Origin {
            id,
            registry: registry.to_owned(),
            fingerprint: fingerprint.to_owned(),
            versions: told,
            exact_versions: exact(versions),
            version_names: names(versions),
            version_keys: keys(versions),
        });
        id
    }

    /// Adds the names of a payload, and returns its outcomes.
    pub(super) fn outcomes(&mut self, received: &Received, instance: i64) -> Vec<Outcome> {
        let (registry, rows) = (&received.registry, &received.rows);
        let of_payload = self.origin(registry, &received.fingerprint, &received.versions);
        let (week, version) = (received.week.to_string(), version(received.revision));
        let mut outcomes: Vec<Outcome> = Vec::with_capacity(rows.codes.len());
        for (place, code) in rows.codes.iter().enumerate() {
            let id = ids::code(registry, code);
            self.codes.entry(id).or_insert_with(|| Code {
                id,
                registry: registry.clone(),
                code: code.clone(),
            });
            let origin = match of_code(received, place) {
                Some((fingerprint, versions)) => self.origin(registry, fingerprint, &versions),
                None => of_payload,
            };
            outcomes.push(Outcome {
                code: id,
                week: week.clone(),
                instance,
                origin,
                is_grouped: 0,
                failure: String::new(),
                series: Vec::new(),
                numbers: Vec::new(),
                version,
                is_deleted: 0,
            });
        }
        for row in &rows.measurements {
            let outcome = &mut outcomes[row.code];
            let (code, dimensions, measure) = (outcome.code, &*row.dimensions, &*row.measure);
            let id = ids::series(code, dimensions, measure);
            self.series.entry(id).or_insert_with(|| Series {
                id,
                code,
                dimensions: dimensions.to_owned(),
                measure: measure.to_owned(),
            });
            outcome.series.push(id);
            outcome.numbers.push(row.value);
        }
        for place in &rows.grouped {
            outcomes[*place].is_grouped = 1;
        }
        for (place, kind) in &rows.failures {
            outcomes[*place].failure = kind.name().to_owned();
        }
        outcomes
    }

    /// Adds the origin of a payload whose outcomes are not written.
    pub(super) fn note(&mut self, received: &Received) {
        let registry = &received.registry;
        self.origin(registry, &received.fingerprint, &received.versions);
    }
}

impl Outcome {
    /// Returns the row that deletes the outcome of a code which a newer revision does not have.
    pub(super) fn deleted(code: i64, week: &str, instance: i64, revision: u32) -> Self {
        Self {
            code,
            week: week.to_owned(),
            instance,
            origin: 0,
            is_grouped: 0,
            failure: String::new(),
            series: Vec::new(),
            numbers: Vec::new(),
            version: version(revision),
            is_deleted: 1,
        }
    }
}

impl Payload {
    pub(super) fn new(it: &Numbered<'_>, is_conflict: bool) -> Self {
        let received = it.received;
        Self {
            registry: received.registry.clone(),
            instance: it.instance,
            week: received.week.to_string(),
            revision: received.revision,
            digest: received.digest.clone(),
            id: it.id,
            is_conflict: is_conflict.into(),
            origin: origin(received),
            received_at: rfc3339(received.received_at),
            version_names: names(&received.versions),
            version_keys: keys(&received.versions),
            version_events: events(&received.versions),
            body: received.body.clone(),
            version: 1,
        }
    }
}

impl Week {
    pub(super) fn new(it: &Numbered<'_>, codes: Vec<i64>) -> Self {
        let received = it.received;
        Self {
            registry: received.registry.clone(),
            week: received.week.to_string(),
            instance: it.instance,
            id: it.id,
            revision: received.revision,
            origin: origin(received),
            received_at: it.received_at.clone(),
            version_names: names(&received.versions),
            version_keys: keys(&received.versions),
            version_events: events(&received.versions),
            codes,
            version: version(received.revision),
            is_deleted: 0,
        }
    }
}

/// Returns the version of the rows of a revision. A higher revision replaces a lower one, and rows that
/// are written again replace those of the same revision.
fn version(revision: u32) -> u64 {
    let now = time::OffsetDateTime::now_utc().unix_timestamp();
    let seconds = u32::try_from(now).unwrap_or(u32::MAX);
    u64::from(revision) << 32 | u64::from(seconds)
}

fn names(versions: &[Seen]) -> Vec<String> {
    versions.iter().map(|seen| seen.version.clone()).collect()
}

fn keys(versions: &[Seen]) -> Vec<String> {
    let keys = versions.iter().map(|seen| seen.key.clone());
    keys.map(Option::unwrap_or_default).collect()
}

fn events(versions: &[Seen]) -> Vec<i64> {
    let events = versions.iter().map(|seen| i64::try_from(seen.events));
    events.map(|it| it.unwrap_or(i64::MAX)).collect()
}
