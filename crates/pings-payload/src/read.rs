//! Reading of untrusted payloads.

mod metrics;
mod node;
mod parts;
mod windows;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeSeed;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::budget::Budget;
use crate::unique::Unique;
use crate::{Malformed, Payload, Week, rfc3339};
use metrics::metrics;
use node::{Node, Read};
use parts::{counts, name, texts, versions};
use windows::windows;

/// The byte order mark, which some editors write before UTF-8 text. The mark is not part of the
/// text.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The maximum total size of unknown top-level members, in bytes of JSON.
const UNKNOWN: usize = 64 << 10;

/// The known top-level members.
const KNOWN: [&str; 20] = [
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
    "windows",
];

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
        windows: windows(node, week)?,
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
