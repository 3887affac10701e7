//! The releases in which each event was fired.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::num::NonZero;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pings_model::{EventId, Ping, Registry, Version};

use crate::exclude::Exclude;
use crate::finding::fires;
use crate::git::{Blobs, Repository};
use crate::language::{self, FileKind, Languages};
use crate::names::Names;
use crate::ranges::runs;
use crate::report::counting;
use crate::site::{Role, Site};
use crate::tags::{self, Release, Sorted};
use crate::text::{Content, search};

/// The releases to scan.
#[derive(Clone, Debug)]
pub struct Tags<'a> {
    /// The repository, or a folder inside it.
    pub folder: &'a Path,
    /// A pattern for tags: `v3.*`.
    pub pattern: &'a str,
    /// Files and folders to scan, relative to `folder`; an empty list selects everything.
    pub paths: &'a [PathBuf],
    /// Excluded files and folders.
    pub exclude: &'a Exclude,
    /// The languages of files by file name.
    pub languages: &'a Languages,
    /// Whether tests count as call sites.
    pub tests: bool,
    /// Whether comments count as call sites.
    pub comments: bool,
}

/// The releases in which each event was fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The releases, ordered by version.
    pub releases: Vec<Release>,
    /// Matching tags that are not releases: release candidates and tags without a version.
    pub passed_over: Vec<String>,
    /// Additional tags for a version that already has a tag, such as those of another edition.
    pub editions: Vec<String>,
    /// The call sites of each event in the registry.
    pub events: Vec<Presence>,
    /// Releases in which a ping must have counted too little, but which it does not declare as
    /// broken.
    pub gaps: Vec<Gap>,
    /// The number of files that were read. A file that is identical in several releases counts
    /// once.
    pub blobs: usize,
    /// Submodules whose commits are not available, with the number of releases that use them.
    pub submodules: Vec<(String, usize)>,
    /// The number of files that are Git LFS pointers, whose content is stored elsewhere.
    pub pointers: usize,
    /// Files that could not be read, with the reasons.
    pub unread: Vec<String>,
    /// Places where the scan cannot decide whether an event is fired.
    pub unclear: Vec<Unclear>,
    /// Whether the clone is shallow, so that releases may be missing.
    pub is_shallow: bool,
}

/// A place in a release where the scan cannot decide whether an event is fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unclear {
    /// The first release that contains the place.
    pub tag: String,
    /// The place.
    pub site: Site,
}

/// The call sites of an event in each release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presence {
    /// The event.
    pub event: EventId,
    /// The number of call sites in each release.
    pub sites: Vec<usize>,
}

impl Presence {
    /// Returns the ranges of releases in which the event was fired, as first and last index.
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
    /// The versions, in the syntax of `broken`.
    pub versions: String,
    /// Whether one of the events was fired again in a later release.
    pub came_back: bool,
}

/// Scans releases. `done` is called with the number of finished files and of all files.
///
/// # Errors
///
/// Returns a message if there is no repository, no matching release tag, or no `git` command.
pub fn history(
    registry: &Registry,
    names: &Names,
    tags: &Tags<'_>,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<History, String> {
    let repository = Repository::new(tags.folder);
    let Sorted {
        releases,
        others,
        editions,
    } = tags::sorted(repository.tags(tags.pattern)?);
    if releases.is_empty() {
        return Err(format!(
            "no tag that matches `{}` is a release\nhelp: tag releases like v3.25.0",
            tags.pattern
        ));
    }
    let is_shallow = repository.is_shallow();
    let mut collected = Collected::new(repository, tags);
    for release in &releases {
        collected.release(&release.tag)?;
    }
    let counted = counts(&collected, names, done)?;
    let events: Vec<Presence> = (0..registry.events().len())
        .map(|event| Presence {
            event: EventId(event),
            sites: collected
                .releases
                .iter()
                .map(|places| {
                    let of_file = |place: &usize| counted[*place].sites.get(&event).copied();
                    places.iter().filter_map(of_file).sum()
                })
                .collect(),
        })
        .collect();
    let unclear_of = |place: usize| {
        let holds = |places: &Vec<usize>| places.contains(&place);
        let release = collected.releases.iter().position(holds)?;
        let tag = &releases[release].tag;
        let unclear = counted[place].unclear.iter().cloned();
        Some(unclear.map(move |site| Unclear {
            tag: tag.clone(),
            site,
        }))
    };
    let unclear = (0..counted.len())
        .filter_map(unclear_of)
        .flatten()
        .collect();
    Ok(History {
        gaps: gaps(registry, &releases, &events),
        releases,
        passed_over: others,
        editions,
        events,
        blobs: collected.files.len(),
        submodules: collected.submodules.into_iter().collect(),
        pointers: counted.iter().filter(|it| it.is_pointer).count(),
        unread: counted.iter().filter_map(|it| it.unread.clone()).collect(),
        unclear,
        is_shallow,
    })
}

/// How a blob is scanned. The same blob may be a test at one path and code at another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    language: (&'static str, &'static str),
    is_test: bool,
}

/// A file, which is read once for all releases that contain it.
struct Blob {
    /// The index of the repository that contains the file.
    repository: usize,
    hash: String,
    path: String,
    kind: FileKind,
}

/// The files of all releases.
struct Collected<'a> {
    tags: &'a Tags<'a>,
    repositories: Vec<Repository>,
    /// Submodules whose commits are not available, with the number of releases that use them.
    submodules: BTreeMap<String, usize>,
    places: BTreeMap<(String, Kind), usize>,
    files: Vec<Blob>,
    /// The files of each release, by their positions in `files`.
    releases: Vec<Vec<usize>>,
}

impl<'a> Collected<'a> {
    fn new(repository: Repository, tags: &'a Tags<'a>) -> Self {
        Self {
            tags,
            repositories: vec![repository],
            submodules: BTreeMap::new(),
            places: BTreeMap::new(),
            files: Vec::new(),
            releases: Vec::new(),
        }
    }

    fn release(&mut self, tag: &str) -> Result<(), String> {
        let mut places = Vec::new();
        self.tree(
            0,
            &format!("refs/tags/{tag}"),
            "",
            self.tags.paths,
            &mut places,
        )?;
        self.releases.push(places);
        Ok(())
    }

    /// Collects the files of a tree and of its submodules.
    fn tree(
        &mut self,
        repository: usize,
        revision: &str,
        prefix: &str,
        paths: &[PathBuf],
        places: &mut Vec<usize>,
    ) -> Result<(), String> {
        let tree = self.repositories[repository].tree(revision, paths)?;
        for file in tree.files {
            self.file(
                repository,
                &file.blob,
                format!("{prefix}{}", file.path),
                places,
            );
        }
        for submodule in tree.submodules {
            let Some(paths) = paths_within(paths, &submodule.path) else {
                continue;
            };
            let path = format!("{prefix}{}", submodule.path);
            if self.tags.exclude.matches(&path) {
                continue;
            }
            match self.repositories[repository].submodule(&submodule) {
                Some(found) => {
                    self.repositories.push(found);
                    let place = self.repositories.len() - 1;
                    self.tree(
                        place,
                        &submodule.commit,
                        &format!("{path}/"),
                        &paths,
                        places,
                    )?;
                }
                None => *self.submodules.entry(path).or_default() += 1,
            }
        }
        Ok(())
    }

    fn file(&mut self, repository: usize, hash: &str, path: String, places: &mut Vec<usize>) {
        let kind = self.tags.languages.kind(&path);
        if !kind.is_code() || self.tags.exclude.matches(&path) {
            return;
        }
        let read_as = Kind {
            language: kind.key(),
            is_test: language::is_test(&path),
        };
        let next = self.files.len();
        let place = *self
            .places
            .entry((hash.to_owned(), read_as))
            .or_insert(next);
        if place == next {
            self.files.push(Blob {
                repository,
                hash: hash.to_owned(),
                path,
                kind,
            });
        }
        places.push(place);
    }
}

/// Returns the parts of paths that are in a submodule; `None` if no path leads to the submodule.
fn paths_within(paths: &[PathBuf], submodule: &str) -> Option<Vec<PathBuf>> {
    let submodule = Path::new(submodule);
    let clean = |path: &PathBuf| {
        path.components()
            .filter(|it| *it != Component::CurDir)
            .collect()
    };
    let paths: Vec<PathBuf> = paths.iter().map(clean).collect();
    if paths.is_empty() || paths.iter().any(|path| submodule.starts_with(path)) {
        return Some(Vec::new());
    }
    let inner = paths
        .iter()
        .filter_map(|path| path.strip_prefix(submodule).ok());
    let inner: Vec<PathBuf> = inner.map(Path::to_owned).collect();
    (!inner.is_empty()).then_some(inner)
}

/// The result of searching a file.
#[derive(Clone, Default)]
struct InFile {
    /// The number of call sites of each event.
    sites: BTreeMap<usize, usize>,
    /// Places where the scan cannot decide whether an event is fired.
    unclear: Vec<Site>,
    is_pointer: bool,
    /// The reason why the file was not read.
    unread: Option<String>,
}

/// Searches the files, and returns the result for each.
fn counts(
    collected: &Collected<'_>,
    names: &Names,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<InFile>, String> {
    let files = &collected.files;
    let next = AtomicUsize::new(0);
    let all = Mutex::new(vec![InFile::default(); files.len()]);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let work = || -> Result<(), String> {
        let mut open: BTreeMap<usize, Blobs> = BTreeMap::new();
        let mut buffer = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(place) else {
                return Ok(());
            };
            let blobs = match open.entry(file.repository) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    entry.insert(collected.repositories[file.repository].blobs()?)
                }
            };
            let found = match blobs.read(&file.hash, &mut buffer)? {
                Some(reason) => InFile {
                    unread: Some(format!("{}: {reason}", file.path)),
                    ..InFile::default()
                },
                None => in_file(names, collected.tags, file, &buffer),
            };
            let mut all = all
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            all[place] = found;
            drop(all);
            done(place + 1, files.len());
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = workers.into_iter().map(|worker| {
            let ended = worker.join();
            ended.unwrap_or_else(|_| Err("a thread of the scan panicked".to_owned()))
        });
        ended.collect::<Result<Vec<()>, String>>()
    })?;
    Ok(all
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner))
}

/// Searches the bytes of a file.
fn in_file(names: &Names, tags: &Tags<'_>, file: &Blob, bytes: &[u8]) -> InFile {
    let mut in_file = InFile::default();
    match search(names, file.kind, &file.path, bytes) {
        Content::Pointer => in_file.is_pointer = true,
        Content::Source(found) => {
            for ((line, column), event, form, role) in found.mentions {
                if fires(role, tags.tests, tags.comments) {
                    *in_file.sites.entry(event.0).or_default() += 1;
                } else if let Role::Unclear(_) = role {
                    in_file.unclear.push(Site {
                        file: file.path.clone(),
                        line,
                        column,
                        form,
                        role,
                        event,
                    });
                }
            }
        }
        Content::Binary | Content::Generated => {}
    }
    in_file
}

/// Returns the ranges of releases in which a ping exists and one of its events is not fired, but
/// which the ping does not declare as broken.
///
/// The ranges of a ping do not overlap, so that each can become an entry of `broken`.
fn gaps(registry: &Registry, releases: &[Release], events: &[Presence]) -> Vec<Gap> {
    // An event that was never fired is a finding of the scan without releases.
    let fired = |presence: &Presence| presence.sites.iter().any(|sites| *sites > 0);
    let mut counted: BTreeMap<usize, Vec<&Presence>> = BTreeMap::new();
    for (presence, pings) in events.iter().zip(counting(registry)) {
        for ping in pings.into_iter().filter(|_| fired(presence)) {
            counted.entry(ping).or_default().push(presence);
        }
    }
    let of_ping = |(ping, presences): (usize, Vec<&Presence>)| {
        let ping = &registry.pings()[ping];
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
        // A gap has the same events in all of its releases.
        let of_release = |release: usize| -> Vec<bool> {
            let missing = presences.iter().map(|it| is_missing(it, release));
            missing.collect()
        };
        let same = |(first, last): (usize, usize)| {
            let releases: Vec<usize> = (first..=last).collect();
            let stretches = releases.chunk_by(|one, next| of_release(*one) == of_release(*next));
            let ends = stretches.filter_map(|it| Some((*it.first()?, *it.last()?)));
            ends.collect::<Vec<_>>()
        };
        let runs = runs(missing).into_iter().flat_map(same);
        runs.map(gap).collect::<Vec<Gap>>()
    };
    counted.into_iter().flat_map(of_ping).collect()
}

/// Returns whether instances with that version send the ping.
fn exists(ping: &Ping, version: Version) -> bool {
    version >= ping.added && ping.removed.is_none_or(|removed| version < removed)
}

/// Returns `3.31.0-3.35.0`, or a range without an end if no later release sends the ping.
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
