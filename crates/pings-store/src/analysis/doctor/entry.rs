//! Suggests entries for the registry.

use std::collections::BTreeMap;

use pings_model::{Ping, Registry, VersionRange};

use super::breaks::Break;
use super::verdict::Symptom;

/// A suggested `broken:` entry for a ping or one of its codes, with the breaks that it covers.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The id of the ping.
    pub ping: String,
    /// The code to whose `broken:` the entry belongs, or `None` for that of the ping.
    pub code: Option<String>,
    /// The versions of all its breaks.
    pub versions: VersionRange,
    /// The YAML to paste under `broken:` of the code or ping.
    pub yaml: String,
    /// The breaks that were found.
    pub breaks: Vec<Break>,
}

/// Returns the entries for breaks. Overlapping breaks of several codes of a ping are combined into
/// an entry of the ping, because entries must not overlap.
pub(crate) fn entries(registry: &Registry, mut breaks: Vec<Break>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for ping in registry.pings() {
        let is_of_it = |code: &str| ping.metrics.iter().any(|metric| metric.code == code);
        let (mut ours, rest): (Vec<Break>, Vec<Break>) =
            breaks.into_iter().partition(|it| is_of_it(&it.code));
        breaks = rest;
        ours.sort_by_key(|it| it.versions.first());
        let mut groups: Vec<(VersionRange, Vec<Break>)> = Vec::new();
        for found in ours {
            match groups.last_mut() {
                Some((versions, group)) if versions.overlaps(&found.versions) => {
                    *versions = both(*versions, found.versions);
                    group.push(found);
                }
                _ => groups.push((found.versions, vec![found])),
            }
        }
        for (versions, breaks) in groups {
            let entry = |code: Option<&str>, versions, breaks: Vec<Break>| Entry {
                ping: ping.id.clone(),
                code: code.map(str::to_owned),
                versions,
                yaml: yaml(versions, &breaks),
                breaks,
            };
            let mut by_code: BTreeMap<String, Vec<Break>> = BTreeMap::new();
            for it in &breaks {
                by_code.entry(it.code.clone()).or_default().push(it.clone());
            }
            let is_of_codes = match by_code.len() {
                1 => ping.metrics.len() > 1,
                // A range of the ping must not overlap a declared range of a code.
                _ => is_declared(ping, versions),
            };
            if !is_of_codes {
                entries.push(entry(None, versions, breaks));
                continue;
            }
            entries.extend(by_code.into_iter().filter_map(|(code, breaks)| {
                let versions = breaks.iter().map(|it| it.versions).reduce(both)?;
                Some(entry(Some(&code), versions, breaks))
            }));
        }
    }
    entries
}

/// Returns whether a code of the ping declares itself broken in some of the versions.
fn is_declared(ping: &Ping, versions: VersionRange) -> bool {
    let mut own = ping.metrics.iter().flat_map(|it| &it.own_life.broken);
    own.any(|it| it.versions.overlaps(&versions))
}

/// Returns the smallest range that includes both ranges.
fn both(a: VersionRange, b: VersionRange) -> VersionRange {
    let first = a.first().min(b.first());
    let last = match (a.last(), b.last()) {
        (Some(one), Some(other)) if one.key_after() >= other.key_after() => Some(one),
        (Some(_), Some(other)) => Some(other),
        _ => None,
    };
    let text = match last {
        Some(last) if first.key() == last.key() => last.to_string(),
        Some(last) => format!("{first}-{last}"),
        None => format!("{first}+"),
    };
    // Two overlapping ranges always have a common range, so the fallback is not reached.
    text.parse().unwrap_or(a)
}

fn yaml(versions: VersionRange, breaks: &[Break]) -> String {
    let reasons: Vec<String> = breaks.iter().map(reason).collect();
    let quoted = serde_json::Value::from(reasons.join("; "));
    format!("- versions: \"{versions}\"\n  reason: {quoted}\n")
}

/// Describes a break in words, such as `InsightHover falls to nothing`.
pub(crate) fn reason(found: &Break) -> String {
    let Break {
        measure, factor, ..
    } = found;
    let code = match found.group_name() {
        Some(group) => format!("{group} of {}", found.code),
        None => found.code.clone(),
    };
    match found.symptom {
        Symptom::NotSent => format!("{code} is no longer sent"),
        Symptom::Fails => format!("{code} can no longer be measured"),
        Symptom::Nothing => format!("{code} drops to zero"),
        Symptom::Less => {
            format!(
                "{code} is too low: its {measure} is about {factor:.2} times the previous value"
            )
        }
        Symptom::More => {
            format!(
                "{code} is too high: its {measure} is about {factor:.1} times the previous value"
            )
        }
    }
}
