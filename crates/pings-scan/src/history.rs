//! In which releases each event was fired.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pings_model::{EventId, Ping, Registry, Version};

use crate::exclude::Exclude;
use crate::finding::fires;
use crate::git::Repository;
use crate::language::{self, Language};
use crate::names::Names;
use crate::ranges::runs;
use crate::report::counting;
use crate::text::{Content, search};

/// Which releases to look at.
#[derive(Clone, Debug)]
pub struct Tags<'a> {
    /// The repository, or a folder in it.
    pub folder: &'a Path,
    /// A pattern of tags: `v3.*`.
    pub pattern: &'a str,
    /// Files and folders, from that folder on; all where there are none.
    pub paths: &'a [PathBuf],
    /// Files and folders that are left out.
    pub exclude: &'a Exclude,
    /// Whether tests count as call sites.
    pub tests: bool,
    /// Whether comments count as call sites.
    pub comments: bool,
}

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its tag.
    pub tag: String,
    /// Its version.
    pub version: Version,
}

/// In which releases each event was fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The releases, by their versions.
    pub releases: Vec<Release>,
    /// Tags that match and are none: candidates, and what has no version.
    pub passed_over: Vec<String>,
    /// Each event of the registry.
    pub events: Vec<Presence>,
    /// Where a ping must have counted too little, and does not say so.
    pub gaps: Vec<Gap>,
    /// How many files were read; those that are the same in several releases once.
    pub blobs: usize,
}

/// Where an event was fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The event.
    pub event: EventId,
    /// How many call sites it had in each release.
    pub sites: Vec<usize>,
}

impl Presence {
    /// The stretches of releases in which it was fired, as places of their first and last.
    #[must_use]
    pub fn stretches(&self) -> Vec<(usize, usize)> {
        runs((0..self.sites.len()).filter(|place| self.sites[*place] > 0))
    }
}

/// Releases in which a ping counted an event that nothing fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The ping.
    pub ping: String,
    /// The events.
    pub events: Vec<EventId>,
    /// The versions, as `broken` takes them.
    pub versions: String,
    /// Whether it was fired again later.
    pub came_back: bool,
}

/// Looks at releases; `done` is told how many files of how many are known.
///
/// # Errors
///
/// In words: where there is no repository, no such tag, or no `git`.
pub fn history(
    registry: &Registry,
    names: &Names,
    tags: &Tags<'_>,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<History, String> {
    let repository = Repository::new(tags.folder);
    let (releases, passed_over) = releases(repository.tags(tags.pattern)?);
    if releases.is_empty() {
        return Err(format!(
            "no tag matches `{}` and is a release\nhelp: a release is tagged like v3.25.0",
            tags.pattern
        ));
    }
    let mut blobs: BTreeMap<(String, Kind), usize> = BTreeMap::new();
    let mut paths: Vec<(String, String)> = Vec::new();
    let mut of_release: Vec<Vec<usize>> = Vec::new();
    for release in &releases {
        let mut places = Vec::new();
        for file in repository.files(&release.tag, tags.paths)? {
            let language = Language::of(&file.path);
            if !language.is_code() || tags.exclude.matches(&file.path) {
                continue;
            }
            let kind = Kind {
                language: language as u8,
                is_test: language::is_test(&file.path),
            };
            let next = paths.len();
            let place = *blobs.entry((file.blob.clone(), kind)).or_insert(next);
            if place == next {
                paths.push((file.blob, file.path));
            }
            places.push(place);
        }
        of_release.push(places);
    }
    let counted = counts(&repository, names, tags, &paths, done)?;
    let events: Vec<Presence> = (0..registry.events.len())
        .map(|event| Presence {
            event: EventId(event),
            sites: of_release
                .iter()
                .map(|places| {
                    let of_file = |place: &usize| counted[*place].get(&event).copied();
                    places.iter().filter_map(of_file).sum()
                })
                .collect(),
        })
        .collect();
    Ok(History {
        gaps: gaps(registry, &releases, &events),
        releases,
        passed_over,
        events,
        blobs: paths.len(),
    })
}

/// By what a blob is read: the same one may be a test here and code there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    language: u8,
    is_test: bool,
}

/// The releases among tags, by version; and the tags that are none.
fn releases(tags: Vec<String>) -> (Vec<Release>, Vec<String>) {
    let (mut releases, mut others) = (Vec::new(), Vec::new());
    for tag in tags {
        let digits = tag.find(|c: char| c.is_ascii_digit()).unwrap_or(tag.len());
        match tag[digits..].parse() {
            Ok(version) => releases.push(Release { tag, version }),
            Err(_) => others.push(tag),
        }
    }
    releases.sort_by(|a, b| a.version.cmp(&b.version).then_with(|| a.tag.cmp(&b.tag)));
    (releases, others)
}

/// How often each file fires each event.
fn counts(
    repository: &Repository<'_>,
    names: &Names,
    tags: &Tags<'_>,
    files: &[(String, String)],
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<BTreeMap<usize, usize>>, String> {
    let next = AtomicUsize::new(0);
    let all = Mutex::new(vec![BTreeMap::new(); files.len()]);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let work = || -> Result<(), String> {
        let mut blobs = repository.blobs()?;
        let mut buffer = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some((blob, path)) = files.get(place) else {
                return Ok(());
            };
            blobs.read(blob, &mut buffer)?;
            if let Content::Source(found) = search(names, path, &buffer) {
                let mut counts = BTreeMap::new();
                for (_, event, _, role) in found.mentions {
                    if fires(role, tags.tests, tags.comments) {
                        *counts.entry(event.0).or_default() += 1;
                    }
                }
                if !counts.is_empty() {
                    let mut all = all
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    all[place] = counts;
                }
            }
            done(place + 1, files.len());
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| {
            let ended = worker.join();
            ended.unwrap_or_else(|_| Err("a thread of the scan stopped".to_owned()))
        });
        ended.collect::<Result<Vec<()>, String>>()
    })?;
    Ok(all
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Stretches of releases in which a ping exists, one of its events is fired by
/// nothing, and no `broken` of the ping says so.
///
/// The stretches of a ping do not overlap, so that each can become an entry of `broken`.
fn gaps(registry: &Registry, releases: &[Release], events: &[Presence]) -> Vec<Gap> {
    // What was never fired is the finding of another scan, and of no release.
    let fired = |presence: &Presence| presence.sites.iter().any(|sites| *sites > 0);
    let mut counted: BTreeMap<usize, Vec<&Presence>> = BTreeMap::new();
    for (presence, pings) in events.iter().zip(counting(registry)) {
        for ping in pings.into_iter().filter(|_| fired(presence)) {
            counted.entry(ping).or_default().push(presence);
        }
    }
    let of_ping = |(ping, presences): (usize, Vec<&Presence>)| {
        let ping = &registry.pings[ping];
        let is_missing = |presence: &Presence, release: usize| presence.sites[release] == 0;
        let missing = (0..releases.len()).filter(|release| {
            let version = releases[*release].version;
            exists(ping, version)
                && !ping.broken.iter().any(|it| it.versions.contains(version))
                && presences.iter().any(|it| is_missing(it, *release))
        });
        let gap = |(first, last): (usize, usize)| {
            let of_gap = |it: &&&Presence| (first..=last).any(|release| is_missing(it, release));
            let missing: Vec<_> = presences.iter().filter(of_gap).collect();
            Gap {
                ping: ping.id.clone(),
                events: missing.iter().map(|it| it.event).collect(),
                versions: versions(ping, releases, first, last),
                came_back: missing
                    .iter()
                    .any(|it| it.sites[last + 1..].iter().any(|sites| *sites > 0)),
            }
        };
        runs(missing).into_iter().map(gap).collect::<Vec<Gap>>()
    };
    counted.into_iter().flat_map(of_ping).collect()
}

/// Whether that version sends the ping.
fn exists(ping: &Ping, version: Version) -> bool {
    version >= ping.added && ping.removed.is_none_or(|removed| version < removed)
}

/// `3.31.0-3.35.0`; without an end where no release of the ping's life follows.
fn versions(ping: &Ping, releases: &[Release], first: usize, last: usize) -> String {
    let begin = releases[first].version;
    let follows = releases[last + 1..]
        .iter()
        .any(|release| exists(ping, release.version));
    match (follows, first == last) {
        (false, _) => format!("{begin}+"),
        (true, true) => begin.to_string(),
        (true, false) => format!("{begin}-{}", releases[last].version),
    }
}
