//! What an instance sends home for a week.

use std::collections::BTreeMap;

use pings_model::Version;
use serde::ser::{Serialize, SerializeMap, Serializer};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Failure, Value, Week, rfc3339};

/// What an instance sends home for a week; `docs/payload.schema.json` says what its JSON may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The registry's name.
    pub registry: String,
    /// The digest of what defines the registry's meaning: see [`crate::fingerprint`].
    pub fingerprint: String,
    /// The instance, a random UUID that it made on first use.
    pub instance: Uuid,
    /// The version of the product that made it.
    pub version: Option<Version>,
    /// The week.
    pub week: Week,
    /// From 1; late events make a new one.
    pub revision: u32,
    /// The versions that logged in the week, and how many events each did.
    pub versions: BTreeMap<Version, u64>,
    /// How many events had a version that nobody can read.
    pub unversioned: u64,
    /// The metrics, by code.
    pub metrics: BTreeMap<String, Measured>,
    /// What the runtime counted of itself.
    pub runtime: BTreeMap<String, u64>,
}

/// A metric of a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Its value, or of which kind its failure is.
    pub outcome: Result<Value, Failure>,
    /// When it was captured.
    pub captured_at: Option<OffsetDateTime>,
    /// The version that captured it: the one to ask whether to believe it, as a week is captured
    /// after its end.
    pub captured_by: Option<Version>,
    /// How long it took, in milliseconds.
    pub took: u64,
}

impl Payload {
    /// The format of payloads.
    pub const FORMAT: u64 = 1;

    /// The JSON that is sent, without line breaks.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("format", &Self::FORMAT)?;
        map.serialize_entry("registry", &self.registry)?;
        map.serialize_entry("fingerprint", &self.fingerprint)?;
        map.serialize_entry("instance", &self.instance.to_string())?;
        if let Some(version) = self.version {
            map.serialize_entry("version", &version.to_string())?;
        }
        map.serialize_entry("week", &self.week.to_string())?;
        map.serialize_entry("start", &rfc3339(self.week.start()))?;
        map.serialize_entry("end", &rfc3339(self.week.end()))?;
        map.serialize_entry("revision", &self.revision)?;
        map.serialize_entry("versions", &Versions(&self.versions))?;
        if self.unversioned > 0 {
            map.serialize_entry("unversioned", &self.unversioned)?;
        }
        map.serialize_entry("metrics", &self.metrics)?;
        let took = self.metrics.iter().map(|(code, it)| (code, it.took));
        map.serialize_entry("took_ms", &took.collect::<BTreeMap<_, _>>())?;
        map.serialize_entry("runtime", &self.runtime)?;
        map.end()
    }
}

struct Versions<'a>(&'a BTreeMap<Version, u64>);

impl Serialize for Versions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, count)| (key.to_string(), count)))
    }
}

impl Serialize for Measured {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.outcome {
            Ok(value) => value.entries(&mut map)?,
            Err(failure) => map.serialize_entry("error", failure.kind.name())?,
        }
        if let Some(at) = self.captured_at {
            map.serialize_entry("captured_at", &rfc3339(at))?;
        }
        if let Some(version) = self.captured_by {
            map.serialize_entry("captured_by", &version.to_string())?;
        }
        map.end()
    }
}
