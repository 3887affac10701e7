//! What to write into the registry.

use pings_model::{Registry, VersionRange};

use super::breaks::Break;
use super::verdict::Symptom;

/// What to declare of a ping: its `broken:` entry, and the breaks that it tells of.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The ping's id.
    pub ping: String,
    /// The versions of all of its breaks.
    pub versions: VersionRange,
    /// What to paste under the ping's `broken:`.
    pub yaml: String,
    /// What was found.
    pub breaks: Vec<Break>,
}

/// The entries for what was found. Those of a ping that overlap are one, since entries may not.
pub(crate) fn entries(registry: &Registry, mut breaks: Vec<Break>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for ping in &registry.pings {
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
        entries.extend(groups.into_iter().map(|(versions, breaks)| Entry {
            ping: ping.id.clone(),
            versions,
            yaml: yaml(versions, &breaks),
            breaks,
        }));
    }
    entries
}

/// The range of all versions from the first of both to the last.
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
    // Two ranges that overlap have one around them.
    text.parse().unwrap_or(a)
}

fn yaml(versions: VersionRange, breaks: &[Break]) -> String {
    let reasons: Vec<String> = breaks.iter().map(reason).collect();
    let quoted = serde_json::Value::from(reasons.join("; "));
    format!("- versions: \"{versions}\"\n  reason: {quoted}\n")
}

/// What a break is, in words: `InsightHover falls to nothing`.
pub(crate) fn reason(found: &Break) -> String {
    let Break {
        code,
        measure,
        factor,
        ..
    } = found;
    match found.symptom {
        Symptom::NotSent => format!("{code} is no longer sent"),
        Symptom::Fails => format!("{code} is no longer measured, but fails"),
        Symptom::Nothing => format!("{code} falls to nothing"),
        Symptom::Less => {
            format!("{code} is too low, its {measure} about {factor:.2} of what it was")
        }
        Symptom::More => {
            format!("{code} is too high, its {measure} about {factor:.1} times what it was")
        }
    }
}
