//! Reading of untrusted payloads.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use pings_model::Version;
use serde::de::DeserializeSeed;
use serde_json::{Map, Number, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::budget::Budget;
use crate::unique::{ALLOCATION, Unique};
use crate::{Failure, FailureKind, Measured, Measures, Payload, Row, Step, Value, Week, rfc3339};

/// The reason why a text is not a valid payload, with the location of the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The path of the invalid value, such as `metrics.InsightHover.rows[3].count`; empty for the
    /// whole payload.
    pub path: String,
    /// The reason.
    pub reason: String,
    /// Whether the payload exceeds the memory limit.
    pub is_too_large: bool,
}

impl Malformed {
    /// Creates an error at a path.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
            is_too_large: false,
        }
    }

    /// Creates an error for a payload that exceeds the memory limit or the maximum number of
    /// elements.
    #[must_use]
    pub fn too_large(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            is_too_large: true,
            ..Self::new(path, reason)
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => f.write_str(&self.reason),
            path => write!(f, "{path}: {}", self.reason),
        }
    }
}

impl std::error::Error for Malformed {}

/// The largest whole number that all JSON implementations read exactly: 2^53 - 1.
const LARGEST: u64 = (1 << 53) - 1;

/// The byte order mark, which some editors write before UTF-8 text. The mark is not part of the
/// text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The maximum length of a name or text.
const LONGEST: usize = 1_000;

/// The maximum number of dimensions of a metric.
const DIMENSIONS: usize = 64;

/// The maximum number of entries in a mapping by code and in the counters of the runtime.
const MEMBERS: usize = 20_000;

/// The maximum total size of unknown top-level members, in bytes of JSON.
const UNKNOWN: usize = 64 << 10;

/// The known top-level members.
const KNOWN: [&str; 19] = [
    "end",
    "fingerprint",
    "format",
    "instance",
    "kept_from",
    "late_s",
    "metrics",
    "not_running",
    "reasons",
    "registry",
    "retaken",
    "revision",
    "runtime",
    "start",
    "took_ms",
    "unversioned",
    "version",
    "versions",
    "week",
];

/// The maximum number of characters of a text in an error message.
const SHOWN: usize = 40;

impl Payload {
    /// The default memory limit of [`Payload::read`], in bytes.
    pub const MEMORY: usize = 128 << 20;

    /// Reads a payload within the memory limit [`Payload::MEMORY`].
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`Payload::read_within`].
    pub fn read(text: &[u8]) -> Result<Self, Malformed> {
        Self::read_within(text, Self::MEMORY)
    }

    /// Reads a payload within a memory limit in bytes.
    ///
    /// A byte order mark and top-level members that a newer sender may have added are ignored.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a payload in this format or reading it exceeds the
    /// memory limit.
    pub fn read_within(text: &[u8], memory: usize) -> Result<Self, Malformed> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let budget = Budget::new(memory);
        let json = parse(text, &budget).map_err(|error| match budget.is_exhausted() {
            true => Malformed::too_large("", budget.reason()),
            false => Malformed::new("", format!("this is not JSON: {error}")),
        })?;
        payload(&Node::root(&json, &budget))
    }
}

fn parse(text: &[u8], budget: &Budget) -> serde_json::Result<Json> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let json = Unique(budget).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(json)
}

/// Reads the value of a metric from the JSON of a report.
///
/// # Errors
///
/// Returns an error if the metric has no value or the JSON has a different form.
pub fn value(json: &Json) -> Result<Value, Malformed> {
    let budget = Budget::new(Payload::MEMORY);
    let node = Node::root(json, &budget);
    measured_value(&node, node.object()?)
}

/// The location of a value. The text of a path is only built for errors.
#[derive(Clone, Copy)]
enum Place<'p> {
    Root,
    Member(&'p Self, &'p str),
    Item(&'p Self, usize),
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Item(parent, place) => write!(f, "{parent}[{place}]"),
        }
    }
}

/// A JSON value with its location.
#[derive(Clone, Copy)]
struct Node<'a, 'p> {
    place: Place<'p>,
    json: &'a Json,
    budget: &'p Budget,
}

type Read<T> = Result<T, Malformed>;

impl<'a> Node<'a, '_> {
    fn root<'p>(json: &'a Json, budget: &'p Budget) -> Node<'a, 'p> {
        Node {
            place: Place::Root,
            json,
            budget,
        }
    }

    fn wrong(&self, reason: impl Into<String>) -> Malformed {
        Malformed::new(self.place.to_string(), reason)
    }

    fn is_not(&self, what: &str) -> Malformed {
        let found = match self.json {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(value) => value.to_string(),
            Json::String(text) => format!("{:?}", shown(text)),
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
        };
        self.wrong(format!("{found} is not {what}"))
    }

    /// Charges the memory for data that is built from the node.
    fn take(&self, bytes: usize) -> Read<()> {
        match self.budget.take(bytes) {
            true => Ok(()),
            false => Err(Malformed::too_large(
                self.place.to_string(),
                self.budget.reason(),
            )),
        }
    }

    fn object(&self) -> Read<&'a Map<String, Json>> {
        self.json
            .as_object()
            .ok_or_else(|| self.is_not("an object"))
    }

    fn child<'c>(&'c self, name: &'c str, json: &'a Json) -> Node<'a, 'c> {
        Node {
            place: Place::Member(&self.place, name),
            json,
            budget: self.budget,
        }
    }

    fn member<'c>(&'c self, name: &'c str) -> Read<Node<'a, 'c>> {
        let found = self.optional(name)?;
        found.ok_or_else(|| self.wrong(format!("`{name}` is missing")))
    }

    fn optional<'c>(&'c self, name: &'c str) -> Read<Option<Node<'a, 'c>>> {
        let found = self.object()?.get(name);
        Ok(found.map(|json| self.child(name, json)))
    }

    fn members<'c>(&'c self) -> Read<impl Iterator<Item = Read<(&'a str, Node<'a, 'c>)>>>
    where
        'a: 'c,
    {
        let member = move |(name, json): (&'a String, &'a Json)| {
            if name.is_empty() || name.len() > LONGEST || name.contains(char::is_control) {
                let reason =
                    format!("a name must have 1 to {LONGEST} bytes and no control characters");
                return Err(self.wrong(reason));
            }
            Ok((name.as_str(), self.child(name, json)))
        };
        Ok(self.object()?.iter().map(member))
    }

    fn items<'c>(&'c self) -> Read<impl ExactSizeIterator<Item = Node<'a, 'c>>>
    where
        'a: 'c,
    {
        let items = self.json.as_array().ok_or_else(|| self.is_not("a list"))?;
        let item = move |(place, json)| Node {
            place: Place::Item(&self.place, place),
            json,
            budget: self.budget,
        };
        Ok(items.iter().enumerate().map(item))
    }

    fn text(&self) -> Read<&'a str> {
        let text = self.json.as_str().ok_or_else(|| self.is_not("a text"))?;
        if text.len() > LONGEST {
            return Err(self.is_not(&format!("a text of at most {LONGEST} bytes")));
        }
        Ok(text)
    }

    fn parsed<T: FromStr>(&self, what: &str) -> Read<T> {
        self.text()?.parse().map_err(|_| self.is_not(what))
    }

    fn count(&self) -> Read<u64> {
        let count = self.json.as_u64().filter(|count| *count <= LARGEST);
        count.ok_or_else(|| self.is_not("a whole number from 0 to 2^53 - 1"))
    }

    fn time(&self) -> Read<OffsetDateTime> {
        OffsetDateTime::parse(self.text()?, &Rfc3339)
            .map_err(|_| self.is_not("a time such as 2021-01-25T12:00:00Z"))
    }

    /// Returns an owned copy of the text, and charges its memory.
    fn owned(&self, text: &str) -> Read<String> {
        self.take(size_of::<String>() + ALLOCATION + text.len())?;
        Ok(text.to_owned())
    }
}

fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

fn payload(node: &Node<'_, '_>) -> Read<Payload> {
    let format = node.member("format")?;
    if format.json.as_u64() != Some(Payload::FORMAT) {
        return Err(format.is_not("a supported format: 1"));
    }
    check_unknown(node)?;
    let week_node = node.member("week")?;
    let week: Week = week_node.parsed("a week such as 2021-W04")?;
    for (name, moment) in [("start", week.start()), ("end", week.end())] {
        let border = node.member(name)?;
        if border.time()? != moment {
            return Err(border.is_not(&format!("the {name} of {week}, {}", rfc3339(moment))));
        }
    }
    let instance = node.member("instance")?;
    let uuid: Uuid = instance.parsed("a UUID")?;
    if uuid.is_nil() {
        return Err(instance.is_not("the UUID of an instance"));
    }
    let revision = node.member("revision")?;
    let number = revision.count()?;
    let number = u32::try_from(number).ok().filter(|number| *number > 0);
    let version = node.optional("version")?;
    Ok(Payload {
        registry: name(&node.member("registry")?)?,
        fingerprint: name(&node.member("fingerprint")?)?,
        instance: uuid,
        version: version
            .map(|version| version.parsed("a version such as 3.36.0"))
            .transpose()?,
        week,
        revision: number.ok_or_else(|| revision.is_not("a revision, from 1"))?,
        reasons: match node.optional("reasons")? {
            Some(reasons) => texts(&reasons)?
                .into_iter()
                // Newer senders may send additional reasons.
                .filter_map(|reason| reason.parse().ok())
                .collect(),
            None => BTreeSet::new(),
        },
        is_running: match node.optional("not_running")? {
            Some(not_running) => match not_running.json {
                Json::Bool(value) => !value,
                _ => return Err(not_running.is_not("true or false")),
            },
            None => true,
        },
        versions: versions(&node.member("versions")?)?,
        unversioned: match node.optional("unversioned")? {
            Some(count) => count.count()?,
            None => 0,
        },
        metrics: metrics(node)?,
        runtime: match node.optional("runtime")? {
            Some(runtime) => {
                let counts = counts(&runtime)?.into_iter();
                let counts = counts.map(|(name, count)| Ok((runtime.owned(name)?, count)));
                counts.collect::<Read<_>>()?
            }
            None => BTreeMap::new(),
        },
    })
}

/// Rejects large unknown members from newer senders, because they are stored but never used.
fn check_unknown(node: &Node<'_, '_>) -> Read<()> {
    let members = node.object()?.iter();
    let unknown = members.filter(|(name, _)| !KNOWN.contains(&name.as_str()));
    let length: usize = unknown
        .map(|(name, json)| name.len() + json.to_string().len())
        .sum();
    if length > UNKNOWN {
        let reason = format!("unknown members have more than {UNKNOWN} bytes");
        return Err(Malformed::too_large("", reason));
    }
    Ok(())
}

/// Reads a name that is valid in file names and labels.
fn name(node: &Node<'_, '_>) -> Read<String> {
    let text = node.text()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    if text.is_empty() || text.len() > 200 || !text.bytes().all(fits) {
        return Err(node.is_not("a name of letters, digits, `_`, `-`, `.` and `:`"));
    }
    Ok(text.to_owned())
}

fn texts<'a>(node: &Node<'a, '_>) -> Read<Vec<&'a str>> {
    let items = node.items()?;
    check_many(node, items.len())?;
    items.map(|item| item.text()).collect()
}

fn check_many(node: &Node<'_, '_>, members: usize) -> Read<()> {
    if members > MEMBERS {
        let reason = format!("{members} members exceed the maximum of {MEMBERS}");
        return Err(Malformed::too_large(node.place.to_string(), reason));
    }
    Ok(())
}

fn versions(node: &Node<'_, '_>) -> Read<BTreeMap<Version, u64>> {
    check_many(node, node.object()?.len())?;
    let mut versions = BTreeMap::new();
    for member in node.members()? {
        let (text, count) = member?;
        // 3.30 and 3.30.0 are the same version.
        *versions.entry(version(&count, text)?).or_default() += count.count()?;
    }
    Ok(versions)
}

fn version(node: &Node<'_, '_>, text: &str) -> Read<Version> {
    Version::of_build(text)
        .map_err(|error| node.wrong(format!("{text:?} is not a version: {error}")))
}

fn counts<'a>(node: &Node<'a, '_>) -> Read<BTreeMap<&'a str, u64>> {
    check_many(node, node.object()?.len())?;
    let counts = node.members()?.map(|member| {
        let (name, count) = member?;
        Ok((name, count.count()?))
    });
    counts.collect()
}

fn metrics(node: &Node<'_, '_>) -> Read<BTreeMap<String, Measured>> {
    let took = match node.optional("took_ms")? {
        Some(took) => counts(&took)?,
        None => BTreeMap::new(),
    };
    let late = match node.optional("late_s")? {
        Some(late) => counts(&late)?,
        None => BTreeMap::new(),
    };
    let retaken: BTreeSet<&str> = match node.optional("retaken")? {
        Some(retaken) => texts(&retaken)?.into_iter().collect(),
        None => BTreeSet::new(),
    };
    let mut kept_from = BTreeMap::new();
    if let Some(kept) = node.optional("kept_from")? {
        check_many(&kept, kept.object()?.len())?;
        for member in kept.members()? {
            let (code, fingerprint) = member?;
            kept_from.insert(code, name(&fingerprint)?);
        }
    }
    let codes = node.member("metrics")?;
    check_many(&codes, codes.object()?.len())?;
    let mut metrics = BTreeMap::new();
    for member in codes.members()? {
        let (code, metric) = member?;
        metric.take(2 * size_of::<Measured>())?;
        let object = metric.object()?;
        let outcome = match object.get("error") {
            Some(Json::String(_)) => Err(failure(&metric.member("error")?)?),
            _ => Ok(measured_value(&metric, object)?),
        };
        let captured_at = match object.get("captured_at") {
            Some(Json::String(_)) => Some(metric.member("captured_at")?.time()?),
            _ => None,
        };
        let captured_by = match object.get("captured_by") {
            Some(json @ Json::String(_)) => {
                let by = metric.child("captured_by", json);
                Some(version(&by, by.text()?)?)
            }
            _ => None,
        };
        let measured = Measured {
            outcome,
            captured_at,
            captured_by,
            late: late.get(code).copied(),
            is_retaken: retaken.contains(code),
            kept_from: kept_from.remove(code),
            took: took.get(code).copied().unwrap_or(0),
        };
        metrics.insert(metric.owned(code)?, measured);
    }
    Ok(metrics)
}

fn failure(node: &Node<'_, '_>) -> Read<Failure> {
    let text = node.text()?;
    let is_kind = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    let kind = match text.parse() {
        Ok(kind) => kind,
        // The sender is newer and knows more kinds.
        Err(()) if is_kind(text) && (1..=40).contains(&text.len()) => FailureKind::Other,
        Err(()) => {
            let names = FailureKind::ALL.map(FailureKind::name).join(", ");
            return Err(node.is_not(&format!("a kind such as {names}")));
        }
    };
    Ok(Failure::new(kind, ""))
}

fn measured_value(node: &Node<'_, '_>, object: &Map<String, Json>) -> Read<Value> {
    match (object.get("steps"), object.get("rows")) {
        (Some(Json::Array(_)), _) => {
            let steps = node.member("steps")?;
            let steps = steps.items()?.map(|node| step(&node));
            steps.collect::<Read<_>>().map(Value::Steps)
        }
        (_, Some(Json::Array(_))) => {
            let by = dimensions(&node.member("by")?)?;
            let rows = node.member("rows")?;
            let rows = rows.items()?.map(|node| row(&node, &by));
            let rows = rows.collect::<Read<_>>()?;
            Ok(Value::Rows { by, rows })
        }
        _ => {
            let is_other = |name: &str, json: &Json| {
                matches!(name, "captured_at" | "captured_by") && json.is_string()
            };
            let measures = measures(node, is_other)?;
            if measures.is_empty() {
                return Err(node.is_not("a value: nothing is measured"));
            }
            Ok(Value::One(measures))
        }
    }
}

/// Reads the names of dimensions. Each row has a value for each dimension, so duplicate names are
/// rejected here.
fn dimensions(node: &Node<'_, '_>) -> Read<Vec<String>> {
    let items = node.items()?;
    if items.len() > DIMENSIONS {
        let reason = format!(
            "{} dimensions exceed the maximum of {DIMENSIONS}",
            items.len()
        );
        return Err(Malformed::too_large(node.place.to_string(), reason));
    }
    let mut names = Vec::with_capacity(items.len());
    for item in items {
        let name = item.text()?;
        if names.iter().any(|other| other == name) {
            return Err(node.wrong("duplicate name"));
        }
        names.push(item.owned(name)?);
    }
    Ok(names)
}

fn step(node: &Node<'_, '_>) -> Read<Step> {
    node.take(2 * size_of::<Step>())?;
    let events = node.member("events")?;
    let events = events.items()?.map(|event| event.owned(event.text()?));
    Ok(Step {
        events: events.collect::<Read<_>>()?,
        measures: measures(node, |name, _| name == "events")?,
    })
}

fn row(node: &Node<'_, '_>, by: &[String]) -> Read<Row> {
    node.take(2 * size_of::<Row>() + by.len() * size_of::<Json>())?;
    let group = by.iter().map(|name| {
        let value = node.member(name)?;
        match value.json {
            Json::Array(_) | Json::Object(_) => Err(value.is_not("a value of a dimension")),
            Json::String(_) => Ok(Json::from(value.owned(value.text()?)?)),
            other => Ok(other.clone()),
        }
    });
    let group = group.collect::<Read<_>>()?;
    let is_dimension = |name: &str, _: &Json| by.iter().any(|other| other == name);
    Ok(Row {
        group,
        measures: measures(node, is_dimension)?,
    })
}

/// Reads the measures of an object: all members for which `is_other` returns `false`.
fn measures(node: &Node<'_, '_>, is_other: impl Fn(&str, &Json) -> bool) -> Read<Measures> {
    let mut measures = Measures::new();
    for member in node.members()? {
        let (name, value) = member?;
        if !is_other(name, value.json) {
            value.take(2 * size_of::<Option<Number>>() + size_of::<String>())?;
            measures.push((value.owned(name)?, measure(name, &value)?));
        }
    }
    Ok(measures)
}

fn measure(name: &str, node: &Node<'_, '_>) -> Read<Option<Number>> {
    match node.json {
        Json::Null => Ok(None),
        Json::Bool(value) => Ok(Some(u8::from(*value).into())),
        Json::Number(_) if is_count(name) => node.count().map(|count| Some(count.into())),
        Json::Number(number) => Ok(Some(number.clone())),
        _ => Err(node.is_not("a number")),
    }
}

/// Returns whether a measure with this name is a count, which cannot be negative.
fn is_count(name: &str) -> bool {
    matches!(
        name,
        "count" | "unique_users" | "first_time_users" | "distinct" | "users" | "reached"
    )
}
