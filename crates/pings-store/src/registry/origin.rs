//! The origin of the values of a week: a registry, and the versions that ran in the week.

use std::collections::BTreeMap;

use pings_model::Version;
use pings_payload::{Payload, Windowed};

/// The placeholder for a version that is missing or cannot be parsed.
pub const UNKNOWN: &str = "?";

/// The placeholder for the versions of a week in which the product did not run.
pub(crate) const NOT_RUNNING: &str = "-";

/// Returns the canonical spelling of a version: trailing zeros are removed, but at least two
/// numbers are kept.
///
/// `3.30.0` and `3.30` become `3.30`; `4` becomes `4.0`.
#[must_use]
pub fn canonical(version: Version) -> String {
    let numbers = version.key();
    let used = numbers
        .iter()
        .rposition(|number| *number > 0)
        .map_or(2, |last| (last + 1).max(2));
    let numbers: Vec<String> = numbers[..used].iter().map(u32::to_string).collect();
    numbers.join(".")
}

/// Returns a version with three numbers, or four if the last is not 0. Unlike `3.30`, `3.30.0` is
/// only this version when it ends a range.
#[must_use]
pub fn canonical_exact(version: Version) -> String {
    let [major, minor, patch, build] = version.key();
    match build {
        0 => format!("{major}.{minor}.{patch}"),
        build => format!("{major}.{minor}.{patch}.{build}"),
    }
}

/// Returns a key of a version that compares as a text: each number has ten digits.
#[must_use]
pub fn version_key(key: [u32; Version::PARTS]) -> String {
    key.map(|number| format!("{number:010}")).join(".")
}

/// A version in its canonical spelling, with its key and the number of events that it logged. An
/// unknown version has no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) version: String,
    /// The version with three or four numbers.
    pub(crate) exact: String,
    pub(crate) key: Option<String>,
    pub(crate) events: u64,
}

/// Returns the versions of a payload: the versions of the week's events, or else the version that
/// made the payload.
pub(crate) fn versions(payload: &Payload) -> Vec<Seen> {
    if !payload.is_running {
        return vec![Seen {
            version: NOT_RUNNING.to_owned(),
            exact: NOT_RUNNING.to_owned(),
            key: None,
            events: 0,
        }];
    }
    let mut versions = payload.versions.clone();
    if versions.is_empty() && payload.unversioned == 0 {
        versions = payload
            .version
            .into_iter()
            .map(|version| (version, 0))
            .collect::<BTreeMap<_, _>>();
    }
    let mut seen: Vec<Seen> = versions
        .into_iter()
        .map(|(version, events)| Seen {
            events,
            ..captured(version)
        })
        .collect();
    if payload.unversioned > 0 || seen.is_empty() {
        seen.push(Seen {
            version: UNKNOWN.to_owned(),
            exact: UNKNOWN.to_owned(),
            key: None,
            events: payload.unversioned,
        });
    }
    seen
}

/// Returns the versions that ran in the weeks of a window.
pub(crate) fn of_window(window: &Windowed) -> Vec<Seen> {
    let mut seen: Vec<Seen> = window.versions.iter().copied().map(captured).collect();
    if window.has_unversioned || seen.is_empty() {
        seen.push(Seen {
            version: UNKNOWN.to_owned(),
            exact: UNKNOWN.to_owned(),
            key: None,
            events: 0,
        });
    }
    seen
}

/// Returns the version that captured a code.
pub(crate) fn captured(version: Version) -> Seen {
    Seen {
        version: canonical(version),
        exact: canonical_exact(version),
        key: Some(version_key(version.key())),
        events: 0,
    }
}

/// Joins versions into a text. The versions are sorted.
pub(crate) fn text(seen: &[Seen]) -> String {
    let versions: Vec<&str> = seen.iter().map(|seen| seen.version.as_str()).collect();
    versions.join(" ")
}

/// Joins exact versions into a text, as the views show them.
pub(crate) fn exact(seen: &[Seen]) -> String {
    let versions: Vec<&str> = seen.iter().map(|seen| seen.exact.as_str()).collect();
    versions.join(" ")
}

#[cfg(test)]
mod tests {
    use super::{canonical, version_key};

    #[test]
    fn a_version_has_one_spelling_and_a_key_that_compares() {
        let keys: Vec<String> = ["0", "3.9", "3.30", "3.30.0.1", "3.30.1", "3.31", "10"]
            .map(|version| version_key(version.parse::<pings_model::Version>().unwrap().key()))
            .into();
        assert!(keys.is_sorted(), "{keys:?}");
        for (version, one) in [
            ("4", "4.0"),
            ("3.30", "3.30"),
            ("3.30.0", "3.30"),
            ("3.30.0.0", "3.30"),
            ("3.30.1.0", "3.30.1"),
            ("3.0.0.1", "3.0.0.1"),
            ("0", "0.0"),
        ] {
            assert_eq!(canonical(version.parse().unwrap()), one, "{version}");
        }
    }
}
