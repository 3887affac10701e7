//! Pings, and whether their data is trusted.

use serde_json::Value;

use super::Version;

/// A usage metric, or several related metrics, that every instance sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// The id in the registry.
    pub id: String,
    /// The section of the page.
    pub section: String,
    /// The heading on the page.
    pub title: String,
    /// How the ping is collected.
    pub kind: PingType,
    /// The period that the values cover.
    pub aggregation: Window,
    /// The first version that sends the ping.
    pub added: Version,
    /// The first version that no longer sends the ping.
    pub removed: Option<Version>,
    /// The versions that send wrong data.
    pub broken: Vec<Broken>,
    /// The owner.
    pub owner: Option<String>,
    /// The kind of data.
    pub sensitivity: Sensitivity,
    /// Returns the numbers.
    pub codes: Vec<Code>,
}

/// A metric or funnel of a ping: one number, or one small table of numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The name in the payload.
    pub code: String,
    /// The title on the page, if it differs from the code.
    pub title: Option<String>,
    /// The index of the ping.
    pub(crate) ping: usize,
}

/// How a ping is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PingType {
    /// From events that the product logs.
    FeEvent,
    /// From the product's tables.
    BeCapture,
}

/// The period that a value covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// One ISO week, from Monday 00:00:00 UTC up to but excluding the next Monday.
    Weekly,
    /// All rows that are in the tables at capture time.
    Total,
}

/// The kind of data of a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensitivity {
    /// How the product is used.
    Usage,
    /// How the instance is run.
    Operational,
    /// Data that could identify a person or a company.
    Identifying,
}

/// A range of versions with wrong data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The versions, as written in the registry: `3.31-3.35.0`.
    pub versions: String,
    /// The first broken version.
    pub first: Version,
    /// The first version after the range, or `None` if it has no end.
    pub end: Option<Version>,
    /// What is wrong with the data.
    pub reason: Option<String>,
    /// The pull request with the fix.
    pub fix: Option<u64>,
}

impl Broken {
    /// Returns whether the range contains the version.
    #[must_use]
    pub fn contains(&self, version: Version) -> bool {
        self.first <= version && self.end.is_none_or(|end| version < end)
    }
}

/// Whether data is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust<'a> {
    /// The version does not send the ping.
    Absent(Absence),
    /// The version sends wrong data.
    Broken(&'a Broken),
    /// The version sends correct data.
    Trusted,
}

/// The reason why a version does not send a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The version is older than the ping.
    NotYetAdded,
    /// The ping was removed in this version or an earlier version.
    Removed,
}

impl Ping {
    /// Returns whether data from instances with this version is trusted.
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

/// Parses pings from the text of `pings.json`. Returns `None` if the text has another form.
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
