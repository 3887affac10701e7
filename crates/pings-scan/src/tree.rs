//! Files of a folder, as many at once as there are processors.

use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::exclude::Exclude;
use crate::language::Languages;
use crate::names::Names;
use crate::site::{Built, Site, Stranger};
use crate::text::{Content, Found, search};

/// What to scan.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    /// Files and folders.
    pub paths: &'a [PathBuf],
    /// The registry's own file, which fires nothing.
    pub registry: Option<&'a Path>,
    /// Whether files that Git ignores are scanned too.
    pub ignored: bool,
    /// Files and folders that are left out.
    pub exclude: &'a Exclude,
    /// The languages of files, by file name.
    pub languages: &'a Languages,
}

/// What a scan came upon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Names of events, in the order of files and places.
    pub sites: Vec<Site>,
    /// Names that are logged and not registered.
    pub strangers: Vec<Stranger>,
    /// Names that are made at run time.
    pub built: Vec<Built>,
    /// How much was read.
    pub counts: Counts,
    /// Files and folders that could not be read, and why.
    pub unread: Vec<String>,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Files of source.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Files that are no text.
    pub binary: usize,
    /// Files of text for people, or of data.
    pub other: usize,
    /// Files that were generated from a registry.
    pub generated: usize,
    /// Pointers of Git LFS, whose files are elsewhere.
    pub pointers: usize,
}

/// Larger files are not read.
const LARGEST: u64 = 64 << 20;

/// Why a file is not read that is larger.
pub(crate) fn too_large(bytes: u64) -> Option<String> {
    (bytes > LARGEST).then(|| format!("larger than {} MiB", LARGEST >> 20))
}

/// Scans files; `done` is told of each, from several threads.
#[must_use]
pub fn scan(names: &Names, what: &Scan<'_>, done: &(dyn Fn() + Sync)) -> Scanned {
    let Some((first, others)) = what.paths.split_first() else {
        return Scanned::default();
    };
    let mut walk = WalkBuilder::new(first);
    for path in others {
        walk.add(path);
    }
    if what.ignored {
        walk.standard_filters(false).hidden(true);
    }
    walk.overrides(what.exclude.globs().clone());
    // What a folder ignores is ignored, also where it is not in a repository.
    walk.require_git(false);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let registry = what.registry.and_then(|path| path.canonicalize().ok());
    let all = Mutex::new(Scanned::default());
    walk.threads(threads).build_parallel().run(|| {
        let mut part = Part {
            all: &all,
            languages: what.languages,
            own: Scanned::default(),
            buffer: Vec::new(),
        };
        let registry = registry.as_deref();
        Box::new(move |entry| {
            match entry {
                Ok(entry) => {
                    if entry.file_type().is_some_and(|kind| kind.is_file()) {
                        part.file(names, &entry, registry);
                        done();
                    }
                }
                Err(error) => part.own.unread.push(error.to_string()),
            }
            WalkState::Continue
        })
    });
    let mut all = all
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    all.sites.sort();
    all.sites.dedup();
    all.strangers.sort();
    all.strangers.dedup();
    all.built.sort();
    all.built.dedup();
    let submodules = what.paths.iter().flat_map(|path| empty_submodules(path));
    all.unread.extend(submodules);
    all.unread.sort();
    all
}

/// The submodules of a folder that are not checked out, so that there is nothing to read.
fn empty_submodules(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join(".gitmodules")).unwrap_or_default();
    let paths = text.lines().filter_map(|line| {
        let (key, path) = line.split_once('=')?;
        (key.trim() == "path").then(|| folder.join(path.trim()))
    });
    let is_empty =
        |path: &PathBuf| fs::read_dir(path).map_or(true, |mut entries| entries.next().is_none());
    paths
        .filter(is_empty)
        .map(|path| format!("{}: the submodule is not checked out", shown(&path)))
        .collect()
}

/// What one thread came upon; it is handed over when the thread ends.
struct Part<'a> {
    all: &'a Mutex<Scanned>,
    languages: &'a Languages,
    own: Scanned,
    buffer: Vec<u8>,
}

impl Part<'_> {
    fn file(&mut self, names: &Names, entry: &DirEntry, registry: Option<&Path>) {
        let path = entry.path();
        let shown = shown(path);
        let kind = self.languages.kind(&shown);
        if !kind.is_code() {
            self.own.counts.other += 1;
            return;
        }
        if registry.is_some_and(|registry| is_same(registry, path)) {
            self.own.counts.other += 1;
            return;
        }
        self.buffer.clear();
        let read = File::open(path).and_then(|mut file| match too_large(file.metadata()?.len()) {
            Some(reason) => Err(io::Error::other(reason)),
            None => file.read_to_end(&mut self.buffer),
        });
        if let Err(error) = read {
            self.own.unread.push(format!("{shown}: {error}"));
            return;
        }
        match search(names, kind, &below(path, entry.depth()), &self.buffer) {
            Content::Binary => self.own.counts.binary += 1,
            Content::Generated => self.own.counts.generated += 1,
            Content::Pointer => self.own.counts.pointers += 1,
            Content::Source(found) => {
                self.own.counts.files += 1;
                self.own.counts.bytes += self.buffer.len() as u64;
                add(&mut self.own, names, &shown, found);
            }
        }
    }
}

impl Drop for Part<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.own);
        let mut all = self
            .all
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        all.sites.extend(own.sites);
        all.strangers.extend(own.strangers);
        all.built.extend(own.built);
        all.unread.extend(own.unread);
        let (to, from) = (&mut all.counts, own.counts);
        to.files += from.files;
        to.bytes += from.bytes;
        to.binary += from.binary;
        to.other += from.other;
        to.generated += from.generated;
        to.pointers += from.pointers;
    }
}

/// What was found in a file, with its name.
pub(crate) fn add(scanned: &mut Scanned, names: &Names, file: &str, found: Found) {
    for ((line, column), event, named, role) in found.mentions {
        let file = file.to_owned();
        scanned.sites.push(Site {
            file,
            line,
            column,
            named,
            role,
            event,
        });
    }
    for ((line, column), name, call, role) in found.strangers {
        let (file, call) = (file.to_owned(), names.call(call).to_owned());
        scanned.strangers.push(Stranger {
            file,
            line,
            column,
            name,
            call,
            role,
        });
    }
    for ((line, column), prefix, suffix, role) in found.built {
        let file = file.to_owned();
        scanned.built.push(Built {
            file,
            line,
            column,
            prefix,
            suffix,
            role,
        });
    }
}

/// A path as messages give it, with slashes everywhere.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// The last parts of a path: those below what was asked for, or the name of a file.
fn below(path: &Path, depth: usize) -> String {
    let parts: Vec<_> = path.components().collect();
    let from = parts.len().saturating_sub(depth.max(1));
    let parts = parts[from..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

fn is_same(registry: &Path, path: &Path) -> bool {
    path.file_name() == registry.file_name()
        && path.canonicalize().is_ok_and(|path| path == registry)
}
