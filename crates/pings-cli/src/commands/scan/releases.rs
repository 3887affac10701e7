//! `pings scan --tags`

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pings_model::Registry;
use pings_scan::{Exclude, Gap, History, Languages, Names, Presence, Role, Tags, history};
use serde_json::{Value as Json, json};

use super::messages::{self, shortened};
use crate::arguments::{Common, Counted, Scan};
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, Align, BAD, BOLD, CAREFUL, DIM, Table, styled};
use crate::progress;

pub(super) fn run(
    common: &Common,
    scan: &Scan,
    registry: &Registry,
    names: &Names,
    pattern: &str,
) -> Outcome {
    // A single folder becomes the starting folder. Several paths are resolved from the current
    // folder.
    let (folder, paths): (&Path, &[PathBuf]) = match scan.paths.as_slice() {
        [folder] if folder.is_dir() => (folder, &[]),
        paths => (Path::new("."), paths),
    };
    let (tests, comments) = also(scan);
    let exclude = Exclude::new(Path::new(""), &scan.exclude).map_err(Failure::Input)?;
    let languages = Languages::new(&scan.languages).map_err(Failure::Input)?;
    let tags = Tags {
        folder,
        pattern,
        paths,
        exclude: &exclude,
        languages: &languages,
        tests,
        comments,
    };
    let bar = progress::bar("Scanning");
    let found = history(registry, names, &tags, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })
    .map_err(Failure::Input)?;
    bar.finish_and_clear();
    if common.is_json() {
        output::say_json(&json(registry, &found));
    } else {
        human(common, registry, &found);
    }
    Ok(ExitCode::from(u8::from(scan.ci && !found.gaps.is_empty())))
}

fn human(common: &Common, registry: &Registry, found: &History) {
    let mut table = Table::new(&[Align::Left, Align::Left], 0);
    for presence in &found.events {
        let name = styled(BOLD, &registry.event(presence.event).name);
        table.row(vec![name, stretches(found, presence)]);
    }
    output::say(&table.lines().join("\n"));
    for gap in &found.gaps {
        let events = event_names(registry, gap, "`");
        let again = if gap.came_back {
            ", although it was fired later"
        } else {
            ""
        };
        output::say(&format!(
            "\n{}: `{}` counts {events}, which was not fired in {}{again}",
            styled(CAREFUL.bold(), "warning[gap]"),
            gap.ping,
            gap.versions,
        ));
        let what = if has_broken(registry, gap) {
            "add to the `broken` of"
        } else {
            "add to"
        };
        output::say(&format!(
            "  = help: {what} the ping `{}` in {}, with a more specific reason:\n\n{}",
            gap.ping,
            common.registry.display(),
            entry(registry, gap)
        ));
    }
    notes(found);
    let (first, last) = (found.releases.first(), found.releases.last());
    if let (Some(first), Some(last)) = (first, last) {
        output::done(
            "Scanned",
            &format!(
                "{}, {} to {}, with {} of source: {}",
                counted(found.releases.len() as u64, "release", "releases"),
                output::plain(&first.tag),
                output::plain(&last.tag),
                counted(found.blobs as u64, "file", "files"),
                counted(found.gaps.len() as u64, "gap", "gaps"),
            ),
        );
    }
}

/// Prints notes about tags and files that were skipped, unreadable or undecided.
fn notes(found: &History) {
    let note =
        |text: String| output::complain(&styled(DIM, &format!("note: {}", output::plain(&text))));
    if found.is_shallow {
        note("this clone is shallow, so releases may be missing".to_owned());
        output::complain("  = help: run git fetch --unshallow --tags");
    }
    if !found.passed_over.is_empty() {
        let tags = shortened(&found.passed_over);
        note(format!("skipped, because they are not releases: {tags}"));
    }
    if !found.editions.is_empty() {
        let tags = shortened(&found.editions);
        note(format!(
            "skipped, because another tag has the same version: {tags}"
        ));
    }
    if !found.submodules.is_empty() {
        let paths: Vec<String> = found
            .submodules
            .iter()
            .map(|(path, _)| path.clone())
            .collect();
        note(format!(
            "skipped {}: {}",
            counted(paths.len() as u64, "submodule", "submodules"),
            shortened(&paths)
        ));
        output::complain("  = help: run git submodule update --init to fetch their commits");
    }
    if found.pointers > 0 {
        let files = counted(found.pointers as u64, "file", "files");
        note(format!("skipped {files} that Git LFS stores elsewhere"));
    }
    for unread in &found.unread {
        note(format!("not read: {unread}"));
    }
    messages::unclear_notes(
        found
            .unclear
            .iter()
            .filter_map(|unclear| match unclear.site.role {
                Role::Unclear(doubt) => Some((
                    format!("{} of {}", messages::place(&unclear.site), unclear.tag),
                    doubt,
                )),
                _ => None,
            }),
    );
}

/// Returns the releases in which an event was fired, as text.
fn stretches(found: &History, presence: &Presence) -> String {
    let stretches = presence.stretches();
    let version = |place: usize| found.releases[place].version.to_string();
    match stretches.as_slice() {
        [] => styled(BAD, "in none"),
        [(0, last)] if last + 1 == found.releases.len() => "in all".to_owned(),
        some => some
            .iter()
            .map(|(first, last)| {
                if first == last {
                    version(*first)
                } else {
                    format!("{}-{}", version(*first), version(*last))
                }
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

fn event_names(registry: &Registry, gap: &Gap, quote: &str) -> String {
    let names = gap.events.iter().map(|event| &registry.event(*event).name);
    let names: Vec<String> = names.map(|name| format!("{quote}{name}{quote}")).collect();
    names.join(", ")
}

/// Returns whether the ping already has the key `broken`.
fn has_broken(registry: &Registry, gap: &Gap) -> bool {
    let ping = registry.pings().iter().find(|ping| ping.id == gap.ping);
    ping.is_some_and(|ping| !ping.broken.is_empty())
}

/// Returns an entry of `broken` that can be pasted, including the key if the ping has none.
fn entry(registry: &Registry, gap: &Gap) -> String {
    let reason = format!("{} was not fired", event_names(registry, gap, ""));
    // A JSON string is also a YAML string, whatever characters it contains.
    let (versions, reason) = (Json::from(gap.versions.as_str()), Json::from(reason));
    let key = if has_broken(registry, gap) {
        ""
    } else {
        "    broken:\n"
    };
    format!("{key}      - versions: {versions}\n        reason: {reason}")
}

fn json(registry: &Registry, found: &History) -> Json {
    let releases: Vec<Json> = found
        .releases
        .iter()
        .map(|release| json!({ "tag": release.tag, "version": release.version.to_string() }))
        .collect();
    let events: Vec<Json> = found
        .events
        .iter()
        .map(|presence| {
            let stretch = |(first, last): (usize, usize)| {
                json!({
                    "first": found.releases[first].version.to_string(),
                    "last": found.releases[last].version.to_string(),
                })
            };
            json!({
                "event": registry.event(presence.event).name,
                "releases": presence.stretches().into_iter().map(stretch).collect::<Vec<_>>(),
                "sites": presence.sites,
            })
        })
        .collect();
    let gaps: Vec<Json> = found
        .gaps
        .iter()
        .map(|gap| {
            let events = gap.events.iter().map(|event| &registry.event(*event).name);
            json!({
                "ping": gap.ping,
                "events": events.collect::<Vec<_>>(),
                "versions": gap.versions,
                "came_back": gap.came_back,
                "broken": entry(registry, gap),
            })
        })
        .collect();
    json!({
        "ok": found.gaps.is_empty(),
        "releases": releases,
        "passed_over": found.passed_over,
        "events": events,
        "gaps": gaps,
        "files": found.blobs,
        "editions": found.editions,
        "submodules_passed_over": found.submodules.iter().map(|(path, releases)| {
            json!({ "path": path, "releases": releases })
        }).collect::<Vec<_>>(),
        "lfs_pointers": found.pointers,
        "unread": found.unread,
        "shallow": found.is_shallow,
        "undecided": found.unclear.iter().map(|unclear| json!({
            "tag": unclear.tag, "event": registry.event(unclear.site.event).name,
            "file": unclear.site.file, "line": unclear.site.line, "column": unclear.site.column,
            "why": match unclear.site.role {
                Role::Unclear(doubt) => doubt.reason(),
                Role::Code | Role::Test | Role::Comment => "",
            },
        })).collect::<Vec<_>>(),
    })
}

/// Returns whether tests and comments count as call sites.
pub(super) fn also(scan: &Scan) -> (bool, bool) {
    (
        scan.count.contains(&Counted::Tests),
        scan.count.contains(&Counted::Comments),
    )
}
