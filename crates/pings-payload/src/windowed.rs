//! The values of a payload for a window other than its week.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Span, Version};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::Measured;

/// The values for a window other than the week of the payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Windowed {
    /// The window.
    pub span: Span,
    /// The versions that ran in the weeks of the window.
    pub versions: BTreeSet<Version>,
    /// Whether some events of these weeks have a version that cannot be read, or is one of the
    /// oldest of more than [`Payload::VERSIONS`](crate::Payload::VERSIONS).
    pub has_unversioned: bool,
    /// The metrics, by code.
    pub metrics: BTreeMap<String, Measured>,
}

impl Windowed {
    /// Returns the key by which the windows of a payload are ordered. The window of all time may occur
    /// several times, for metrics that different versions have.
    #[must_use]
    pub fn order(&self) -> (Span, &BTreeSet<Version>) {
        (self.span, &self.versions)
    }
}

impl Serialize for Windowed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let [start, end] = self.span.borders();
        let versions = self.versions.iter().map(ToString::to_string);
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("window", &self.span.period())?;
        map.serialize_entry("start", &start)?;
        map.serialize_entry("end", &end)?;
        map.serialize_entry("versions", &versions.collect::<Vec<_>>())?;
        if self.has_unversioned {
            map.serialize_entry("unversioned", &true)?;
        }
        map.serialize_entry("metrics", &self.metrics)?;
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::tests::{read, sample};

    /// The sample with the values of the four weeks up to its week.
    fn windowed() -> Json {
        let mut json = sample();
        json["windows"] = json!([{
            "window": "days_28", "start": "2021-01-04T00:00:00Z", "end": "2021-02-01T00:00:00Z",
            "versions": ["3.9.0", "3.36.0"], "unversioned": true,
            "metrics": { "A": { "count": 30 }, "E": { "error": "pruned" } },
        }]);
        json
    }

    #[test]
    fn the_values_of_windows_are_read_and_written() {
        let payload = read(&windowed()).unwrap();
        assert_eq!(payload.windows.len(), 1);
        let written: Json = serde_json::from_str(&payload.json()).unwrap();
        assert_eq!(written, windowed());
        let plain = read(&sample()).unwrap();
        assert!(!payload.says_the_same(&plain) && payload.says_the_same(&payload.clone()));
    }

    #[test]
    fn a_window_is_one_of_the_week() {
        let mut other = windowed();
        other["windows"][0]["start"] = "2021-01-05T00:00:00Z".into();
        let message = "windows[0]: this is not a `days_28` window of 2021-W04";
        assert_eq!(read(&other).unwrap_err(), message);
        let mut twice = windowed();
        twice["windows"] = json!([twice["windows"][0], twice["windows"][0]]);
        let message = "windows[1]: another member has the same window";
        assert_eq!(read(&twice).unwrap_err(), message);
        // A newer sender may have other windows.
        let mut newer = windowed();
        newer["windows"][0]["window"] = "quarter".into();
        assert_eq!(read(&newer).unwrap(), read(&sample()).unwrap());
    }

    #[test]
    fn a_revision_keeps_the_versions_of_its_windows() {
        let before = read(&windowed()).unwrap();
        let mut after = before.clone();
        after.windows[0].versions = ["3.40".parse().unwrap()].into();
        after.windows[0].has_unversioned = false;
        after.keep_versions(&before);
        assert_eq!(after.windows[0].versions.len(), 3);
        assert!(after.windows[0].has_unversioned);
        let many = (1..=60).map(|minor| format!("1.{minor}").parse().unwrap());
        after.windows[0].versions = many.collect();
        after.fold_versions();
        assert_eq!(after.windows[0].versions.len(), 50);
    }
}
