//! A ping, which is a section of the documentation page.

use pings_types::{Aggregation, Broken, PingType, Sensitivity, Version};

use crate::{Expiry, Metric};

/// A usage metric, or a family of metrics, that every instance reports.
///
/// A metric may have been added or removed in other versions than its ping, and be wrong in further
/// versions. [`Ping::life`] returns whether a metric is trusted at a version.
#[derive(Clone, Debug, PartialEq)]
pub struct Ping {
    /// The name, unique in the registry and never reused.
    pub id: String,
    /// The section of the page that contains the ping.
    pub section: String,
    /// The heading on the page.
    pub title: String,
    /// How the values are collected.
    pub kind: PingType,
    /// The reason why the data is collected, as Markdown.
    pub purpose: Option<String>,
    /// How the ping works, as Markdown.
    pub implementation: Option<String>,
    /// Notes to read before the values are interpreted, as Markdown.
    pub considerations: Option<String>,
    /// The period that the values cover.
    pub aggregation: Aggregation,
    /// The page's own description of the period.
    pub aggregation_note: Option<String>,
    /// The first version that sends the ping.
    pub added: Version,
    /// The first version that no longer sends the ping.
    pub removed: Option<Version>,
    /// The version ranges that send wrong data, without overlaps.
    pub broken: Vec<Broken>,
    /// The pull requests that implemented the ping.
    pub prs: Vec<u64>,
    /// The people or teams that are responsible for the ping.
    pub owners: Vec<String>,
    /// Words by which people find the ping.
    pub tags: Vec<String>,
    /// The date by which people decide again whether the ping is needed, such as `2027-01-01`.
    pub review: Option<String>,
    /// The version or day from which the ping is no longer needed.
    pub expires: Option<Expiry>,
    /// The kind of data that the ping contains.
    pub sensitivity: Sensitivity,
    /// The metrics, at least one.
    pub metrics: Vec<Metric>,
}
