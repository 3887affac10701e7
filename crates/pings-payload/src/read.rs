//! Reading a payload that anybody may have sent.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use pings_model::Version;
use serde_json::{Map, Number, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::unique::Unique;
use crate::{Failure, FailureKind, Measured, Measures, Payload, Row, Step, Value, Week, rfc3339};

/// Why a text is not a payload, and where in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The place: `metrics.InsightHover.rows[3].count`; empty for the whole.
    pub path: String,
    /// The reason.
    pub reason: String,
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

/// The largest whole number that all that read JSON agree about: 2^53 - 1.
const LARGEST: u64 = (1 << 53) - 1;

/// A mark that some editors put before UTF-8 text. It is not part of the text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The longest name or text.
const LONGEST: usize = 1_000;

impl Payload {
    /// Reads what was sent.
    ///
    /// # Errors
    ///
    /// If the text is not a payload of this format. A byte order mark, and members that a newer
    /// sender may have added at the top, are ignored.
    pub fn read(text: &[u8]) -> Result<Self, Malformed> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let json: Unique = serde_json::from_slice(text).map_err(|error| Malformed {
            path: String::new(),
            reason: format!("this is not JSON: {error}"),
        })?;
        payload(Node::new(String::new(), &json.0))
    }
}

/// The value of a metric from the JSON of a report; none where it is an error.
///
/// # Errors
///
/// Where it is of another form.
pub fn value(json: &Json) -> Result<Value, Malformed> {
    let node = Node::new(String::new(), json);
    measured_value(&node, node.object()?)
}

/// JSON, and where it is.
struct Node<'a> {
    path: String,
    json: &'a Json,
}

type Read<T> = Result<T, Malformed>;

impl<'a> Node<'a> {
    fn new(path: String, json: &'a Json) -> Self {
        Self { path, json }
    }

    fn is_not(&self, what: &str) -> Malformed {
        let found = match self.json {
            Json::Null => "null".to_owned(),
            Json::Bool(value) => value.to_string(),
            Json::Number(value) => value.to_string(),
            Json::String(text) => format!("{:?}", text.chars().take(40).collect::<String>()),
            Json::Array(_) => "a list".to_owned(),
            Json::Object(_) => "an object".to_owned(),
        };
        Malformed {
            path: self.path.clone(),
            reason: format!("{found} is not {what}"),
        }
    }

    fn object(&self) -> Read<&'a Map<String, Json>> {
        self.json
            .as_object()
            .ok_or_else(|| self.is_not("an object"))
    }

    fn child(&self, name: &str) -> String {
        match self.path.as_str() {
            "" => name.to_owned(),
            path => format!("{path}.{name}"),
        }
    }

    fn member(&self, name: &str) -> Read<Self> {
        self.optional(name)?.ok_or_else(|| Malformed {
            path: self.path.clone(),
            reason: format!("`{name}` is missing"),
        })
    }

    fn optional(&self, name: &str) -> Read<Option<Self>> {
        let found = self.object()?.get(name);
        Ok(found.map(|json| Self::new(self.child(name), json)))
    }

    fn members(&self) -> Read<Vec<(&'a str, Self)>> {
        let member = |(name, json): (&'a String, &'a Json)| {
            let node = Self::new(self.child(name), json);
            if name.is_empty() || name.len() > LONGEST || name.contains(char::is_control) {
                return Err(Malformed {
                    path: self.path.clone(),
                    reason: format!("a name has 1 to {LONGEST} bytes, and no control characters"),
                });
            }
            Ok((name.as_str(), node))
        };
        self.object()?.iter().map(member).collect()
    }

    fn items(&self) -> Read<Vec<Self>> {
        let items = self.json.as_array().ok_or_else(|| self.is_not("a list"))?;
        let item = |(place, json)| Self::new(format!("{}[{place}]", self.path), json);
        Ok(items.iter().enumerate().map(item).collect())
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
}

fn payload(node: Node<'_>) -> Read<Payload> {
    let format = node.member("format")?;
    if format.json.as_u64() != Some(Payload::FORMAT) {
        return Err(format.is_not("a format that is known here: 1"));
    }
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
                // Newer senders know more of them.
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
        metrics: metrics(&node)?,
        runtime: match node.optional("runtime")? {
            Some(runtime) => counts(&runtime)?,
            None => BTreeMap::new(),
        },
    })
}

/// A name of ours: what a file or a label may be called.
fn name(node: &Node<'_>) -> Read<String> {
    let text = node.text()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    if text.is_empty() || text.len() > 200 || !text.bytes().all(fits) {
        return Err(node.is_not("a name of letters, digits, `_`, `-`, `.` and `:`"));
    }
    Ok(text.to_owned())
}

fn texts<'a>(node: &Node<'a>) -> Read<Vec<&'a str>> {
    node.items()?.iter().map(Node::text).collect()
}

fn versions(node: &Node<'_>) -> Read<BTreeMap<Version, u64>> {
    let mut versions = BTreeMap::new();
    for (text, count) in node.members()? {
        // 3.30 and 3.30.0 are one.
        *versions.entry(version(&count.path, text)?).or_default() += count.count()?;
    }
    Ok(versions)
}

fn version(path: &str, text: &str) -> Read<Version> {
    Version::of_build(text).map_err(|error| Malformed {
        path: path.to_owned(),
        reason: format!("{text:?} is not a version: {error}"),
    })
}

fn counts(node: &Node<'_>) -> Read<BTreeMap<String, u64>> {
    let members = node.members()?.into_iter();
    members
        .map(|(name, count)| Ok((name.to_owned(), count.count()?)))
        .collect()
}

fn metrics(node: &Node<'_>) -> Read<BTreeMap<String, Measured>> {
    let took = match node.optional("took_ms")? {
        Some(took) => counts(&took)?,
        None => BTreeMap::new(),
    };
    let late = match node.optional("late_s")? {
        Some(late) => counts(&late)?,
        None => BTreeMap::new(),
    };
    let retaken = match node.optional("retaken")? {
        Some(retaken) => texts(&retaken)?.into_iter().collect(),
        None => BTreeSet::new(),
    };
    let mut kept_from = BTreeMap::new();
    if let Some(kept) = node.optional("kept_from")? {
        for (code, fingerprint) in kept.members()? {
            kept_from.insert(code, name(&fingerprint)?);
        }
    }
    let mut metrics = BTreeMap::new();
    for (code, metric) in node.member("metrics")?.members()? {
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
            Some(Json::String(text)) => Some(version(&metric.child("captured_by"), text)?),
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
        metrics.insert(code.to_owned(), measured);
    }
    Ok(metrics)
}

fn failure(node: &Node<'_>) -> Read<Failure> {
    let text = node.text()?;
    let is_kind = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase() || it == b'_');
    let kind = match text.parse() {
        Ok(kind) => kind,
        // Who sent it is newer.
        Err(()) if is_kind(text) && (1..=40).contains(&text.len()) => FailureKind::Other,
        Err(()) => {
            let names = FailureKind::ALL.map(FailureKind::name).join(", ");
            return Err(node.is_not(&format!("a kind such as {names}")));
        }
    };
    Ok(Failure::new(kind, ""))
}

fn measured_value(node: &Node<'_>, object: &Map<String, Json>) -> Read<Value> {
    match (object.get("steps"), object.get("rows")) {
        (Some(Json::Array(_)), _) => {
            let steps = node.member("steps")?.items()?;
            steps
                .iter()
                .map(step)
                .collect::<Read<_>>()
                .map(Value::Steps)
        }
        (_, Some(Json::Array(_))) => {
            let by: Vec<String> = node
                .member("by")?
                .items()?
                .iter()
                .map(|name| name.text().map(str::to_owned))
                .collect::<Read<_>>()?;
            let rows = node.member("rows")?.items()?;
            let rows = rows
                .iter()
                .map(|node| row(node, &by))
                .collect::<Read<_>>()?;
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

fn step(node: &Node<'_>) -> Read<Step> {
    let events = node.member("events")?.items()?;
    Ok(Step {
        events: events
            .iter()
            .map(|event| event.text().map(str::to_owned))
            .collect::<Read<_>>()?,
        measures: measures(node, |name, _| name == "events")?,
    })
}

fn row(node: &Node<'_>, by: &[String]) -> Read<Row> {
    let group = by.iter().map(|name| {
        let value = node.member(name)?;
        match value.json {
            Json::Array(_) | Json::Object(_) => Err(value.is_not("a value of a dimension")),
            Json::String(_) => value.text().map(Json::from),
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

/// The measures of an object: its members that are nothing else.
fn measures(node: &Node<'_>, is_other: impl Fn(&str, &Json) -> bool) -> Read<Measures> {
    let members = node.members()?.into_iter();
    members
        .filter(|(name, value)| !is_other(name, value.json))
        .map(|(name, value)| Ok((name.to_owned(), measure(name, &value)?)))
        .collect()
}

fn measure(name: &str, node: &Node<'_>) -> Read<Option<Number>> {
    match node.json {
        Json::Null => Ok(None),
        Json::Bool(value) => Ok(Some(u8::from(*value).into())),
        Json::Number(_) if is_count(name) => node.count().map(|count| Some(count.into())),
        Json::Number(number) => Ok(Some(number.clone())),
        _ => Err(node.is_not("a number")),
    }
}

/// Whether a measure of that name counts something, so that it cannot be negative.
fn is_count(name: &str) -> bool {
    matches!(
        name,
        "count" | "unique_users" | "first_time_users" | "distinct" | "users" | "reached"
    )
}
