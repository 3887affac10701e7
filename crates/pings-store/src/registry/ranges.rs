//! The version ranges at which a registry says that metrics are not trusted.

use std::collections::BTreeMap;

use pings_model::{Life, Registry, Version};

use crate::registry::origin::version_key;
use crate::registry::windowed::stored_codes;

/// The trust of versions after the newest release.
const UNRELEASED: &str = "unreleased";

/// A range of versions at which a code is not trusted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Range {
    pub(super) trust: String,
    pub(super) first: String,
    pub(super) end: Option<String>,
    pub(super) reason: Option<String>,
    pub(super) fix: Option<u64>,
}

/// Returns the untrusted version ranges of a registry, each with the name of its values.
pub(super) fn of_registry(registry: &Registry) -> Vec<(String, Range)> {
    let ranges = registry.metrics().flat_map(|(ping, metric)| {
        stored_codes(metric).into_iter().flat_map(|name| {
            let ranges = ranges(ping.life(metric), registry.released()).into_iter();
            ranges.map(move |range| (name.clone(), range))
        })
    });
    ranges.collect()
}

/// Groups ranges by code.
pub(super) fn by_code(
    ranges: impl IntoIterator<Item = (String, Range)>,
) -> BTreeMap<String, Vec<Range>> {
    let mut by_code: BTreeMap<String, Vec<Range>> = BTreeMap::new();
    for (code, range) in ranges {
        by_code.entry(code).or_default().push(range);
    }
    by_code
}

/// Returns the first key after the newest release, which is the same for all codes.
pub(super) fn first_unreleased(by_code: &BTreeMap<String, Vec<Range>>) -> Option<&str> {
    let ranges = by_code.values().flatten();
    let mut unreleased = ranges.filter(|it| it.trust == UNRELEASED);
    unreleased.next().map(|it| it.first.as_str())
}

/// Returns whether each version that is broken in `theirs` is also untrusted in `ours`.
pub(super) fn covers(ours: &[Range], theirs: &[Range]) -> bool {
    let mut ours: Vec<&Range> = ours.iter().collect();
    ours.sort_by(|one, other| one.first.cmp(&other.first));
    theirs
        .iter()
        .filter(|it| it.trust == "broken")
        .all(|broken| {
            let mut open = broken.first.as_str();
            for range in &ours {
                match &range.end {
                    _ if range.first.as_str() > open => break,
                    None => return true,
                    Some(end) => open = open.max(end),
                }
            }
            broken.end.as_deref().is_some_and(|end| open >= end)
        })
}

/// Returns the version ranges at which a metric is not trusted. The ranges do not overlap. There is
/// always at least one, which may be empty.
fn ranges(life: Life<'_>, released: Option<Version>) -> Vec<Range> {
    let unreleased = released.map(Version::key_after);
    let range = |trust: &str, first, end: Option<_>, reason, fix| Range {
        trust: trust.to_owned(),
        first: version_key(first),
        // A version that has not been released is neither absent nor broken as well.
        end: end.into_iter().chain(unreleased).min().map(version_key),
        reason,
        fix,
    };
    let added = life.added().key();
    let removed = life.removed().map(Version::key);
    let is_some = |range: &Range| range.end.as_ref().is_none_or(|end| range.first < *end);
    let mut others = Vec::new();
    if let Some(version) = life.removed() {
        let reason = Some(format!("removed in {version}"));
        others.push(range("absent", version.key(), None, reason, None));
    }
    for broken in life.broken() {
        // A version at which the metric is absent is not also marked as broken.
        let first = broken.versions.first().key().max(added);
        let ends = [broken.versions.key_after(), removed];
        let end = ends.into_iter().flatten().min();
        let reason = broken.reason.clone();
        others.push(range("broken", first, end, reason, broken.fix));
    }
    others.retain(is_some);
    let reason = Some(format!("added in {}", life.added()));
    let first = [0; Version::PARTS];
    let mut ranges = vec![range("absent", first, Some(added), reason, None)];
    ranges.extend(others);
    ranges.extend(released.map(|released| Range {
        trust: UNRELEASED.to_owned(),
        first: version_key(released.key_after()),
        end: None,
        reason: Some(format!("{released} is the newest release")),
        fix: None,
    }));
    ranges
}
