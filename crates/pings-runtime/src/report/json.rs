//! Serializes a report as JSON. `docs/report.schema.json` is the schema.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::{MetricReport, Report, WindowReport};
use pings_payload::{Value, rfc3339};

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
        report.serialize_entry("metrics", &Metrics(&self.metrics))?;
        if !self.windows.is_empty() {
            report.serialize_entry("windows", &self.windows)?;
        }
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

impl Serialize for WindowReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [start, end] = self.span.borders();
        let mut window = serializer.serialize_map(None)?;
        window.serialize_entry("window", &self.span.period())?;
        window.serialize_entry("start", &start)?;
        window.serialize_entry("end", &end)?;
        window.serialize_entry("metrics", &Metrics(&self.metrics))?;
        window.end()
    }
}

struct Metrics<'a>(&'a [MetricReport]);

impl Serialize for Metrics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|metric| (&metric.code, metric)))
    }
}

/// The members of a metric in the JSON of a report.
#[derive(serde::Serialize)]
struct Members<'a> {
    #[serde(flatten)]
    value: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_by: Option<String>,
}

impl Serialize for MetricReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let version = self.captured_at.and(self.captured_by);
        let members = Members {
            value: self.outcome.as_ref().ok(),
            error: self.outcome.as_ref().err().map(|it| it.message.as_str()),
            captured_at: self.captured_at.map(rfc3339),
            captured_by: version.map(|version| version.to_string()),
        };
        members.serialize(serializer)
    }
}

impl MetricReport {
    /// Returns the metric as it appears in the JSON of a report, without line breaks.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}
