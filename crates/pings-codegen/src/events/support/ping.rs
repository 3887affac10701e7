//! What a ping is, and whether to believe it.

use serde::Deserialize;

use super::Version;

/// A usage number, or a family of them, that every instance sends home.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Ping {
    /// Its name in the registry.
    pub id: String,
    /// The section of the page it stands in.
    pub section: String,
    /// Its heading on the page.
    pub title: String,
    /// How it is gathered.
    #[serde(rename = "type")]
    pub kind: PingType,
    /// The time its values tell about.
    pub aggregation: Window,
    /// The first version that sends it.
    pub added: Version,
    /// The first version that no longer sends it.
    pub removed: Option<Version>,
    /// The versions that send something wrong.
    pub broken: Vec<Broken>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// What kind of data it is.
    pub sensitivity: Sensitivity,
    /// Its numbers.
    pub codes: Vec<Code>,
}

/// One number of a ping, or one small table of numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Code {
    /// Its name in the payload.
    pub code: String,
    /// What it is called on the page, where that is not its code.
    pub title: Option<String>,
    /// The place of its ping.
    #[serde(skip)]
    pub(crate) ping: usize,
}

/// How a ping is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PingType {
    /// From events that the product logs.
    FeEvent,
    /// From the product's tables.
    BeCapture,
}

/// The time that a value tells about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// One ISO week, Monday 00:00:00 UTC to the next, half open.
    Weekly,
    /// All that stands in the tables at capture time.
    Total,
}

/// What kind of data a ping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// How the product is used.
    Usage,
    /// How the instance is run.
    Operational,
    /// What could identify a person or a company.
    Identifying,
}

/// A breakage: versions whose data is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Broken {
    /// The versions as the registry writes them: `3.31-3.35.0`.
    pub versions: String,
    /// The first of them.
    pub first: Version,
    /// The first version after them, if they end.
    pub end: Option<Version>,
    /// What is wrong with their data.
    pub reason: Option<String>,
    /// The pull request that mended it.
    pub fix: Option<u64>,
}

impl Broken {
    /// Whether the version is one of them.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.first <= version && self.end.is_none_or(|end| version < end)
    }
}

/// Whether data is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// The version does not send it.
    Absent(Absence),
    /// The version sends something wrong.
    Broken(&'a Broken),
    /// The version sends what the page says.
    Trusted,
}

/// Why a version does not send a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It is older than the ping.
    NotYetAdded,
    /// It is newer than the ping's last version.
    Removed,
}

impl Ping {
    /// Whether to believe what instances of that version send.
    #[must_use]
    pub fn trust(&self, version: Version) -> Trust<'_> {
        if version < self.added {
            return Trust::Absent(Absence::NotYetAdded);
        }
        if self.removed.is_some_and(|removed| version >= removed) {
            return Trust::Absent(Absence::Removed);
        }
        let broken = self.broken.iter().find(|broken| broken.contains(version));
        broken.map_or(Trust::Trusted, Trust::Broken)
    }
}

/// Reads the pings from JSON, as `pings.json` has them.
pub(crate) fn read(json: &str) -> serde_json::Result<Vec<Ping>> {
    #[derive(Deserialize)]
    struct File {
        pings: Vec<Ping>,
    }

    let mut pings = serde_json::from_str::<File>(json)?.pings;
    for (place, ping) in pings.iter_mut().enumerate() {
        for code in &mut ping.codes {
            code.ping = place;
        }
    }
    Ok(pings)
}
