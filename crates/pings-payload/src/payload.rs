//! The data that an instance sends for a week.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::Version;
use serde::ser::{Serialize, SerializeMap, Serializer};
use uuid::Uuid;

use crate::{Measured, Reason, Week, Windowed, rfc3339};

/// The data that an instance sends for a week. `docs/payload.schema.json` describes its JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Payload {
    /// The name of the registry.
    pub registry: String,
    /// The digest of the registry's meaning; see [`crate::fingerprint`].
    pub fingerprint: String,
    /// The id of the instance, a random UUID that is created on first use.
    pub instance: Uuid,
    /// The newest version that ran in the week, or `None` if the version is unknown.
    pub version: Option<Version>,
    /// The week.
    pub week: Week,
    /// The revision, starting at 1. Late events cause a new revision.
    pub revision: u32,
    /// The reasons for the revision; empty for the first revision.
    pub reasons: BTreeSet<Reason>,
    /// Whether the product was running in the week. Otherwise nothing is measured.
    pub is_running: bool,
    /// The versions that ran in the week, with the number of events that each version logged.
    pub versions: BTreeMap<Version, u64>,
    /// The number of events whose version cannot be read, or was folded by
    /// [`Payload::fold_versions`].
    pub unversioned: u64,
    /// The metrics, by code.
    pub metrics: BTreeMap<String, Measured>,
    /// The values for other windows than the week, in order.
    pub windows: Vec<Windowed>,
    /// The counters of the runtime itself.
    pub runtime: BTreeMap<String, u64>,
}

impl Payload {
    /// The version of the payload format.
    pub const FORMAT: u64 = 1;

    /// How many events were logged in the week, with and without a version.
    #[must_use]
    pub fn events(&self) -> u64 {
        let versions = self.versions.values().copied();
        versions.fold(self.unversioned, u64::saturating_add)
    }

    /// Returns the metrics of the week and of each other window.
    pub fn all_metrics(&self) -> impl Iterator<Item = &BTreeMap<String, Measured>> {
        let windows = self.windows.iter().map(|window| &window.metrics);
        std::iter::once(&self.metrics).chain(windows)
    }

    /// Returns the metrics of the week and of each other window.
    pub fn all_metrics_mut(&mut self) -> impl Iterator<Item = &mut BTreeMap<String, Measured>> {
        let windows = self.windows.iter_mut().map(|window| &mut window.metrics);
        std::iter::once(&mut self.metrics).chain(windows)
    }

    /// Returns the JSON that is sent, without line breaks.
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
        if !self.reasons.is_empty() {
            let reasons: Vec<&str> = self.reasons.iter().map(|reason| reason.name()).collect();
            map.serialize_entry("reasons", &reasons)?;
        }
        if !self.is_running {
            map.serialize_entry("not_running", &true)?;
        }
        map.serialize_entry("versions", &Versions(&self.versions))?;
        if self.unversioned > 0 {
            map.serialize_entry("unversioned", &self.unversioned)?;
        }
        map.serialize_entry("metrics", &self.metrics)?;
        if !self.windows.is_empty() {
            map.serialize_entry("windows", &self.windows)?;
        }
        let metrics = || self.metrics.iter();
        let late: BTreeMap<_, _> = metrics()
            .filter_map(|(code, it)| Some((code, it.late?)))
            .collect();
        if !late.is_empty() {
            map.serialize_entry("late_s", &late)?;
        }
        let retaken: Vec<_> = metrics().filter(|(_, it)| it.is_retaken).collect();
        if !retaken.is_empty() {
            let codes: Vec<_> = retaken.into_iter().map(|(code, _)| code).collect();
            map.serialize_entry("retaken", &codes)?;
        }
        let kept: BTreeMap<_, _> = metrics()
            .filter_map(|(code, it)| Some((code, it.kept_from.as_ref()?)))
            .collect();
        if !kept.is_empty() {
            map.serialize_entry("kept_from", &kept)?;
        }
        let took = metrics().map(|(code, it)| (code, it.took));
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
