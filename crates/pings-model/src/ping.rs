//! A ping, which is a section of the documentation page.

use crate::{Metric, Version, VersionRange};

/// A usage metric, or a family of metrics, that every instance reports.
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
    pub window: Window,
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
    /// The person or team that is responsible for the ping.
    pub owner: Option<String>,
    /// The kind of data that the ping contains.
    pub sensitivity: Sensitivity,
    /// The metrics, at least one.
    pub metrics: Vec<Metric>,
}

/// How the values of a ping are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingType {
    /// Counted from events that the product logs.
    FeEvent,
    /// Selected from the product's tables.
    BeCapture,
}

impl PingType {
    /// Returns the word used in the registry. The word is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FeEvent => "fe_event",
            Self::BeCapture => "be_capture",
        }
    }
}

/// The period that a value covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// One ISO week, from Monday 00:00:00 UTC (inclusive) to the next Monday (exclusive).
    Weekly,
    /// Everything in the tables at capture time.
    Total,
}

impl Window {
    /// Returns the word used in the registry. The word is part of fingerprints and must not change.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Total => "total",
        }
    }
}

/// The kind of data that a ping contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// How the product is used.
    Usage,
    /// How the instance is operated.
    Operational,
    /// Data that could identify a person or a company.
    Identifying,
}

/// A broken range: versions that send wrong data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The affected versions.
    pub versions: VersionRange,
    /// The problem with the data of these versions.
    pub reason: Option<String>,
    /// The pull request that fixed the ping.
    pub fix: Option<u64>,
}
