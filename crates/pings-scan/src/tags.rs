//! Detection of releases among tags.

use std::path::Path;

use pings_model::Version;

use crate::git::{Repository, Tag};

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// The tag.
    pub tag: String,
    /// The version.
    pub version: Version,
    /// The date of the tag: that of an annotated tag, or of the commit. `2026-11-30`.
    pub date: String,
}

/// The releases among the tags of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Releases {
    /// The releases, ordered by version, with one tag for each version.
    pub releases: Vec<Release>,
    /// Release candidates, and tags without a version.
    pub others: Vec<String>,
    /// Additional tags for a version, such as those of another edition.
    pub editions: Vec<String>,
    /// Whether the clone is shallow, so that releases may be missing.
    pub is_shallow: bool,
}

/// Returns the releases among the tags that match a pattern.
///
/// # Errors
///
/// Returns a message if `folder` is not in a repository, if no matching tag is a release, or if there
/// is no `git` command.
pub fn releases(folder: &Path, pattern: &str) -> Result<Releases, String> {
    of_repository(&Repository::new(folder), pattern)
}

/// Returns the releases among the tags of a repository, like [`releases`].
pub(crate) fn of_repository(repository: &Repository, pattern: &str) -> Result<Releases, String> {
    let found = sorted(repository.tags(pattern)?);
    if found.releases.is_empty() {
        return Err(format!(
            "no tag that matches `{pattern}` is a release\nhelp: tag releases like v3.25.0"
        ));
    }
    Ok(Releases {
        is_shallow: repository.is_shallow(),
        ..found
    })
}

/// Words that mark a pre-release.
const CANDIDATES: &[&str] = &[
    "alpha",
    "beta",
    "canary",
    "dev",
    "eap",
    "edge",
    "experimental",
    "insider",
    "milestone",
    "next",
    "nightly",
    "pre",
    "preview",
    "prerelease",
    "rc",
    "snapshot",
    "test",
    "unstable",
    "wip",
];

/// Letters that mark a pre-release if a number follows: `2.0a1`, `3.0-M2`, `1.0.CR1`.
const NUMBERED: &[&str] = &["a", "b", "c", "m", "cr", "ea"];

/// Separates the releases, ordered by version, from tags that are not releases.
fn sorted(tags: Vec<Tag>) -> Releases {
    let mut sorted = Releases::default();
    // A tag without a suffix after the version is sorted first.
    let mut found: Vec<(Version, bool, String, String)> = Vec::new();
    for Tag { name, date } in tags {
        match version(&name) {
            Some((version, is_edition)) => found.push((version, is_edition, name, date)),
            None => sorted.others.push(name),
        }
    }
    found.sort();
    for (version, _, tag, date) in found {
        if sorted
            .releases
            .last()
            .is_some_and(|last| last.version == version)
        {
            sorted.editions.push(tag);
        } else {
            sorted.releases.push(Release { tag, version, date });
        }
    }
    sorted
}

/// Returns the version of a release, and whether more text follows it in the tag: `v16.1.0-ee`.
fn version(tag: &str) -> Option<(Version, bool)> {
    let parts = tag.rsplit(['/', '@']);
    let part = parts
        .into_iter()
        .find(|part| part.contains(|c: char| c.is_ascii_digit()))?;
    let dotted = numbers(part, ".")
        .into_iter()
        .find(|(_, text)| text.contains('.'));
    let lined = || {
        numbers(part, "_")
            .into_iter()
            .find(|(_, text)| text.contains('_'))
    };
    let single = || numbers(part, "").into_iter().next();
    let (at, text) = dotted.or_else(lined).or_else(single)?;
    let (before, after) = (&tag[..tag.len() - part.len()], &part[at + text.len()..]);
    let is_candidate = [before, &part[..at], after]
        .iter()
        .any(|text| is_candidate(text));
    let version = text.replace('_', ".").parse().ok()?;
    (!is_candidate).then_some((version, !after.is_empty()))
}

/// Returns the numbers in a text, each with the numbers that these separators join to it.
fn numbers<'t>(text: &'t str, separators: &str) -> Vec<(usize, &'t str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..]
        .find(|c: char| c.is_ascii_digit())
        .map(|start| at + start)
    {
        let rest = &text[start..];
        let is_part = |c: char| c.is_ascii_digit() || separators.contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let number = rest[..end].trim_end_matches(|c| separators.contains(c));
        found.push((start, number));
        at = start + end;
    }
    found
}

/// Returns whether a part of a tag marks a pre-release.
fn is_candidate(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    lower
        .split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| {
            let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
            CANDIDATES.contains(&letters)
                || (letters.len() < word.len() && NUMBERED.contains(&letters))
        })
}

#[cfg(test)]
mod tests {
    use super::Releases;
    use crate::git::Tag;

    fn sorted(tags: &[&str]) -> Releases {
        let tags = tags.iter().map(|tag| Tag {
            name: (*tag).to_owned(),
            date: String::new(),
        });
        super::sorted(tags.collect())
    }

    fn releases(tags: &[&str]) -> Vec<String> {
        let releases = sorted(tags).releases.into_iter();
        releases
            .map(|it| format!("{} {}", it.tag, it.version))
            .collect()
    }

    #[test]
    fn a_release_is_known_by_its_version() {
        for (tag, version) in [
            ("v3.25.0", "3.25.0"),
            ("release-3.25", "3.25"),
            ("release/1.2", "1.2"),
            ("v16.1.0-ee", "16.1.0"),
            ("4.2.1.Final", "4.2.1"),
            ("v1.2.3+build.5", "1.2.3"),
            ("log4j-2.17.1", "2.17.1"),
            ("python3/v1.2.0", "1.2.0"),
            ("@scope/pkg2@1.2.3", "1.2.3"),
            ("REL_15_2", "15.2"),
            ("curl-7_88_1", "7.88.1"),
            ("android-12.0.0_r1", "12.0.0"),
            ("n4.4", "4.4"),
            ("v3", "3"),
            ("1.1.1w", "1.1.1"),
        ] {
            assert_eq!(releases(&[tag]), [format!("{tag} {version}")]);
        }
    }

    #[test]
    fn candidates_are_no_releases() {
        for tag in [
            "v1.2.0-rc.1",
            "v1.2.0-rc42-ee",
            "1.2.0rc1",
            "2.0.0a1",
            "2.0b2",
            "v1.0.0-beta",
            "3.0-M2",
            "1.0.CR1",
            "nightly-2024.01.02",
            "nightly",
            "v1.2.0-SNAPSHOT",
            "pre-release/1.2",
            "1.2.3.4.5",
        ] {
            assert_eq!(releases(&[tag]), Vec::<String>::new(), "{tag}");
        }
    }

    #[test]
    fn a_version_is_one_release() {
        let tags = ["v1.0.0-ee", "v1.0.0", "v1.0.0-ce", "v0.9-ee"];
        assert_eq!(releases(&tags), ["v0.9-ee 0.9", "v1.0.0 1.0.0"]);
        let sorted = sorted(&tags);
        assert_eq!(sorted.editions, ["v1.0.0-ce", "v1.0.0-ee"]);
    }
}
