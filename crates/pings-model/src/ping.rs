//! A ping: a section of the page.

use crate::{Metric, Version, VersionRange};

/// A usage number, or a family of them, that every instance sends home.
#[derive(Clone, Debug, PartialEq)]
pub struct Ping {
    /// Its name, unique in the registry and never used again.
    pub id: String,
    /// The section of the page it stands in.
    pub section: String,
    /// Its heading on the page.
    pub title: String,
    /// How it is gathered.
    pub kind: PingType,
    /// Why it is gathered; Markdown.
    pub purpose: Option<String>,
    /// How it works; Markdown.
    pub implementation: Option<String>,
    /// What to know before reading it; Markdown.
    pub considerations: Option<String>,
    /// The time its values tell about.
    pub window: Window,
    /// The page's own words for the window.
    pub aggregation_note: Option<String>,
    /// The first version that sends it.
    pub added: Version,
    /// The first version that no longer sends it.
    pub removed: Option<Version>,
    /// The versions that send something wrong; no two overlap.
    pub broken: Vec<Broken>,
    /// Pull requests that made it.
    pub prs: Vec<u64>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What kind of data it is.
    pub sensitivity: Sensitivity,
    /// Its numbers; at least one.
    pub metrics: Vec<Metric>,
}

/// How a ping is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingType {
    /// From events that the product logs.
    FeEvent,
    /// From the product's tables.
    BeCapture,
}

impl PingType {
    /// Its word in the registry. The word is part of fingerprints and stays as it is.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FeEvent => "fe_event",
            Self::BeCapture => "be_capture",
        }
    }
}

/// The time that a value tells about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// One ISO week, Monday 00:00:00 UTC to the next, half open.
    Weekly,
    /// All that stands in the tables at capture time.
    Total,
}

impl Window {
    /// Its word in the registry. The word is part of fingerprints and stays as it is.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weekly => "weekly",
            Self::Total => "total",
        }
    }
}

/// What kind of data a ping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// How the product is used.
    Usage,
    /// How the instance is run.
    Operational,
    /// What could identify a person or a company.
    Identifying,
}

/// A breakage: versions whose data is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The versions.
    pub versions: VersionRange,
    /// What is wrong with their data.
    pub reason: Option<String>,
    /// The pull request that mended it.
    pub fix: Option<u64>,
}
