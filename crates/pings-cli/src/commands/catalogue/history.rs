//! What each release changed in the registry, from the tags of its repository.

use std::path::Path;

use pings_build::Loaded;
use pings_catalogue::{History, Released};
use pings_model::Registry;
use pings_scan::Release;

use crate::failure::Failure;
use crate::output::{self, counted, plain};
use crate::progress;

/// Returns the history of a registry, and prints the tags that are left out.
pub(super) fn history(
    registry: &Path,
    current: &Registry,
    pattern: &str,
) -> Result<History, Failure> {
    let folder = registry.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let found = pings_scan::releases(folder, pattern).map_err(Failure::Input)?;
    if found.is_shallow {
        output::complain(
            "note: this clone is shallow, so releases may be missing\n  = help: run git fetch --unshallow --tags",
        );
    }
    let bar = progress::bar("Reading");
    bar.set_length(found.releases.len() as u64);
    let mut history = History::default();
    let mut last: Option<Loaded> = None;
    for release in found.releases {
        bar.inc(1);
        match read(registry, &release, last.as_ref()) {
            Ok(None) => {
                let pings = last.as_ref().map_or(0, count);
                history
                    .releases
                    .push(released(release, pings, Some(Vec::new())));
            }
            Ok(Some(loaded)) => {
                let changes = last
                    .as_ref()
                    .map(|last| pings_diff::diff(&last.registry, &loaded.registry));
                history
                    .releases
                    .push(released(release, count(&loaded), changes));
                last = Some(loaded);
            }
            Err(reason) => history.unread.push((release.tag, reason)),
        }
    }
    bar.finish_and_clear();
    note(&history.unread);
    if let Some(last) = last {
        history.unreleased = pings_diff::diff(&last.registry, current);
    }
    Ok(history)
}

/// Reads the registry of a release: `None` if it is that of the release before. The error is the reason why
/// it cannot be read, in one line.
fn read(
    registry: &Path,
    release: &Release,
    last: Option<&Loaded>,
) -> Result<Option<Loaded>, String> {
    let revision = format!("refs/tags/{}", release.tag);
    let one_line = |reason: String| reason.lines().next().unwrap_or_default().to_owned();
    let (revision, text) =
        pings_build::at_revision(registry, Some(&revision)).map_err(|reason| {
            match pings_build::is_missing_at_revision(&reason) {
                true => "the registry does not exist in this release".to_owned(),
                false => one_line(reason),
            }
        })?;
    // A registry that names files may differ although its text does not.
    if last.is_some_and(|last| last.values.is_none() && last.text == text) {
        return Ok(None);
    }
    let name = format!("the registry of {}", release.tag);
    let files = |file: &str| pings_build::file_at_revision(registry, &revision, file);
    let loaded = pings_build::read_with(&name, text, &files);
    loaded
        .map(Some)
        .map_err(|failure| one_line(reason(&failure)))
}

/// Returns the reason why a registry cannot be read, with its first mistake.
fn reason(failure: &pings_build::Failure) -> String {
    let reason = failure.reason();
    match failure {
        pings_build::Failure::Mistakes { diagnostics, .. } => {
            let first = diagnostics.into_iter().next();
            let first = first.map_or("", |diagnostic| diagnostic.message.as_str());
            format!("{reason}: {first}")
        }
        _ => reason,
    }
}

fn released(release: Release, pings: usize, changes: Option<Vec<pings_diff::Change>>) -> Released {
    Released {
        tag: release.tag,
        version: release.version,
        date: release.date,
        pings,
        changes,
    }
}

fn count(loaded: &Loaded) -> usize {
    loaded.registry.pings().len()
}

/// Prints the releases that are left out, those with the same reason in one line.
fn note(unread: &[(String, String)]) {
    for alike in unread.chunk_by(|(_, one), (_, next)| one == next) {
        let tags: Vec<&str> = alike.iter().map(|(tag, _)| tag.as_str()).collect();
        let tags = match tags.as_slice() {
            [first, _, _, .., last] => format!("{first} … {last}"),
            few => few.join(", "),
        };
        let releases = counted(alike.len() as u64, "release", "releases");
        let reason = alike.first().map_or("", |(_, reason)| reason.as_str());
        output::complain(&plain(&format!(
            "note: left out {releases} ({tags}): {reason}"
        )));
    }
}
