//! A metric in a payload.

use pings_model::Version;
use serde::ser::{Serialize, SerializeMap, Serializer};
use time::OffsetDateTime;

use crate::{Failure, Value, rfc3339};

/// A metric in a payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The value, or the reason why there is no value.
    pub outcome: Result<Value, Failure>,
    /// The time of the capture.
    pub captured_at: Option<OffsetDateTime>,
    /// The version that captured the metric. This version determines whether the value is trusted,
    /// because a week is captured after its end.
    pub captured_by: Option<Version>,
    /// The number of seconds between the end of the week and the capture, if more than
    /// [`Measured::LATE`].
    pub late: Option<u64>,
    /// Whether the metric was captured again on request, replacing an earlier capture.
    pub is_retaken: bool,
    /// The fingerprint of the registry that measured the value, if the value is copied from an
    /// earlier revision because the registry of this revision does not measure the metric.
    pub kept_from: Option<String>,
    /// The duration of the measurement, in milliseconds.
    pub took: u64,
}

impl Measured {
    /// The number of seconds after the end of its week at which a capture counts as late: one day.
    pub const LATE: u64 = 24 * 60 * 60;

    /// Creates a metric that was not captured.
    #[must_use]
    pub fn new(outcome: Result<Value, Failure>) -> Self {
        Self {
            outcome,
            captured_at: None,
            captured_by: None,
            late: None,
            is_retaken: false,
            kept_from: None,
            took: 0,
        }
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
