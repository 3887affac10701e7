//! Serializes a report as JSON. `docs/report.schema.json` is the schema.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value as Json, json};

use super::{MetricReport, Report};
use pings_payload::rfc3339;

/// The format version of reports.
const FORMAT: u64 = 1;

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut report = serializer.serialize_map(None)?;
        report.serialize_entry("format", &FORMAT)?;
        report.serialize_entry("registry", &self.registry)?;
        report.serialize_entry("week", &self.week.to_string())?;
        report.serialize_entry("start", &rfc3339(self.week.start()))?;
        report.serialize_entry("end", &rfc3339(self.week.end()))?;
        if !self.is_complete {
            report.serialize_entry("running", &true)?;
        }
        if !self.is_running {
            report.serialize_entry("not_running", &true)?;
        }
        if let Some(version) = self.version {
            report.serialize_entry("version", &version.to_string())?;
        }
        let metrics: Map<String, Json> = self
            .metrics
            .iter()
            .map(|metric| (metric.code.clone(), metric.json()))
            .collect();
        report.serialize_entry("metrics", &metrics)?;
        let late: BTreeMap<&str, u64> = self
            .metrics
            .iter()
            .filter_map(|metric| Some((&*metric.code, metric.late?.as_secs())))
            .collect();
        if !late.is_empty() {
            report.serialize_entry("late_s", &late)?;
        }
        let retaken: Vec<&str> = self
            .metrics
            .iter()
            .filter(|metric| metric.is_retaken)
            .map(|metric| &*metric.code)
            .collect();
        if !retaken.is_empty() {
            report.serialize_entry("retaken", &retaken)?;
        }
        report.serialize_entry("runtime", &self.runtime)?;
        report.end()
    }
}

impl MetricReport {
    /// Returns the metric as it appears in the JSON of a report.
    #[must_use]
    pub fn json(&self) -> Json {
        let mut json = match &self.outcome {
            Ok(value) => value.json().clone(),
            Err(failure) => json!({ "error": failure.message }),
        };
        if let (Some(at), Some(object)) = (self.captured_at, json.as_object_mut()) {
            object.insert("captured_at".to_owned(), rfc3339(at).into());
            if let Some(version) = self.captured_by {
                object.insert("captured_by".to_owned(), version.to_string().into());
            }
        }
        json
    }
}
