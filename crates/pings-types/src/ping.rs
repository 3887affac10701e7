//! The data of a registry about a ping.

use serde::{Deserialize, Serialize};

use crate::aggregation::Aggregation;
use crate::period::Period;
use crate::ping_type::PingType;
use crate::sensitivity::Sensitivity;
use crate::trust::{Broken, Trust};
use crate::version::Version;

/// A usage metric, or several related metrics, that every instance sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Ping {
    /// The id in the registry.
    pub id: String,
    /// The section of the page.
    pub section: String,
    /// The heading on the page.
    pub title: String,
    /// How the ping is collected.
    #[serde(rename = "type")]
    pub kind: PingType,
    /// The period that the values cover.
    pub aggregation: Aggregation,
    /// The first version that sends the ping.
    pub added: Version,
    /// The first version that no longer sends the ping.
    pub removed: Option<Version>,
    /// The versions that send wrong data.
    pub broken: Vec<Broken>,
    /// The owners, separated by commas.
    pub owner: Option<String>,
    /// The kind of data.
    pub sensitivity: Sensitivity,
    /// The metrics and funnels, at least one.
    pub codes: Vec<Code>,
}

/// A metric or funnel of a ping: one number, or one small table of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Code {
    /// The name in the payload.
    pub code: String,
    /// The title on the page, if it differs from the code.
    pub title: Option<String>,
    /// The first version that sends the code, if the ping was sent before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Version>,
    /// The first version that no longer sends the code, if the ping is still sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Version>,
    /// The versions that send wrong data for this code, in addition to those of the ping.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broken: Vec<Broken>,
    /// The windows that the values cover. Without windows, they are those of the ping.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub windows: Vec<Period>,
}

impl Ping {
    /// Returns the metric or funnel with this code.
    #[must_use]
    pub fn code(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|other| other.code == code)
    }

    /// Returns whether the value of a code is trusted if an instance with this version sends it.
    ///
    /// Returns `None` if the ping does not have the code.
    #[must_use]
    pub fn trust(&self, code: &str, version: Version) -> Option<Trust<'_>> {
        let code = self.code(code)?;
        let added = code.added.unwrap_or(self.added);
        let removed = code.removed.or(self.removed);
        let broken = self.broken.iter().chain(&code.broken);
        Some(Trust::at(version, added, removed, broken))
    }
}
