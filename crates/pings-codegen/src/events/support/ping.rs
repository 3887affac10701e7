//! What a ping is, and whether to believe it.

use serde_json::Value;

use super::Version;

/// A usage number, or a family of them, that every instance sends home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// Its name in the registry.
    pub id: String,
    /// The section of the page it stands in.
    pub section: String,
    /// Its heading on the page.
    pub title: String,
    /// How it is gathered.
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// Its name in the payload.
    pub code: String,
    /// What it is called on the page, where that is not its code.
    pub title: Option<String>,
    /// The place of its ping.
    pub(crate) ping: usize,
}

/// How a ping is gathered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingType {
    /// From events that the product logs.
    FeEvent,
    /// From the product's tables.
    BeCapture,
}

/// The time that a value tells about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// One ISO week, Monday 00:00:00 UTC to the next, half open.
    Weekly,
    /// All that stands in the tables at capture time.
    Total,
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

/// The pings in a text of JSON, as `pings.json` has them; None where it is of any other form.
pub(crate) fn read(text: &str) -> Option<Vec<Ping>> {
    let json: Value = text.parse().ok()?;
    let pings = json.get("pings")?.as_array()?.iter().enumerate();
    pings.map(|(place, json)| ping(place, json)).collect()
}

fn ping(place: usize, json: &Value) -> Option<Ping> {
    let code = |json: &Value| {
        Some(Code {
            code: text(json, "code")?,
            title: text(json, "title"),
            ping: place,
        })
    };
    Some(Ping {
        id: text(json, "id")?,
        section: text(json, "section")?,
        title: text(json, "title")?,
        kind: match json.get("type")?.as_str()? {
            "fe_event" => PingType::FeEvent,
            "be_capture" => PingType::BeCapture,
            _ => return None,
        },
        aggregation: match json.get("aggregation")?.as_str()? {
            "weekly" => Window::Weekly,
            "total" => Window::Total,
            _ => return None,
        },
        added: version(json, "added")?,
        removed: version(json, "removed"),
        broken: list(json, "broken", broken)?,
        owner: text(json, "owner"),
        sensitivity: match json.get("sensitivity")?.as_str()? {
            "usage" => Sensitivity::Usage,
            "operational" => Sensitivity::Operational,
            "identifying" => Sensitivity::Identifying,
            _ => return None,
        },
        codes: list(json, "codes", code)?,
    })
}

fn broken(json: &Value) -> Option<Broken> {
    Some(Broken {
        versions: text(json, "versions")?,
        first: version(json, "first")?,
        end: version(json, "end"),
        reason: text(json, "reason"),
        fix: json.get("fix").and_then(Value::as_u64),
    })
}

fn list<T>(json: &Value, key: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    json.get(key)?.as_array()?.iter().map(read).collect()
}

fn text(json: &Value, key: &str) -> Option<String> {
    Some(json.get(key)?.as_str()?.to_owned())
}

fn version(json: &Value, key: &str) -> Option<Version> {
    json.get(key)?.as_str()?.parse().ok()
}
