//! The scan of a folder, in parallel.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::exclude::Exclude;
use crate::language::{FileKind, Languages};
use crate::link::Uses;
use crate::module::Loaded;
use crate::modules::{Files, Resolver};
use crate::names::Names;
use crate::site::{DynamicName, ExportedFunction, Site, UnregisteredCall};
use crate::text::{self, Content, Found, search, search_aliases};

/// The options of a scan.
#[derive(Clone, Debug)]
pub struct Scan<'a> {
    /// The files and folders to scan.
    pub paths: &'a [PathBuf],
    /// The file of the registry, which is skipped because it fires no events.
    pub registry: Option<&'a Path>,
    /// Whether to scan files that Git ignores.
    pub ignored: bool,
    /// Excluded files and folders.
    pub exclude: &'a Exclude,
    /// The languages of files by file name.
    pub languages: &'a Languages,
}

/// The result of a scan.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Places that contain names of events, ordered by file and place.
    pub sites: Vec<Site>,
    /// Logged names that are not registered.
    pub unregistered: Vec<UnregisteredCall>,
    /// Calls with names that are built at run time.
    pub dynamic_names: Vec<DynamicName>,
    /// Exports of functions of the generated client by name, which files outside of the scan can
    /// import.
    pub exports: Vec<ExportedFunction>,
    /// The number of files and bytes that were scanned.
    pub counts: Counts,
    /// Files and folders that could not be read, with the reasons.
    pub unread: Vec<String>,
}

/// The number of files and bytes that were scanned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Source files.
    pub files: usize,
    /// The size of the source files in bytes.
    pub bytes: u64,
    /// Binary files.
    pub binary: usize,
    /// Files with prose or data.
    pub other: usize,
    /// Files that were generated from a registry.
    pub generated: usize,
    /// Git LFS pointers, whose content is stored elsewhere.
    pub pointers: usize,
}

/// The maximum size of a file in bytes. Larger files are not read.
const LARGEST: u64 = 64 << 20;

/// Returns the reason for not reading a file, if it is too large.
pub(crate) fn too_large(bytes: u64) -> Option<String> {
    (bytes > LARGEST).then(|| format!("larger than {} MiB", LARGEST >> 20))
}

/// Scans files. `done` is called after each file, from several threads.
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
    // Ignore files apply even outside a repository.
    walk.require_git(false);
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let registry = what.registry.and_then(|path| path.canonicalize().ok());
    let all = Mutex::new(Walked::default());
    walk.threads(threads).build_parallel().run(|| {
        let mut worker = Worker {
            all: &all,
            languages: what.languages,
            own: Walked::default(),
            buffer: Vec::new(),
        };
        let registry = registry.as_deref();
        Box::new(move |entry| {
            match entry {
                Ok(entry) => {
                    if entry.file_type().is_some_and(|kind| kind.is_file()) {
                        worker.file(names, &entry, registry);
                        done();
                    }
                }
                Err(error) => worker.own.scanned.unread.push(error.to_string()),
            }
            WalkState::Continue
        })
    });
    let walked = all
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut all = linked(walked, names, what.languages);
    all.sites.sort();
    all.sites.dedup();
    all.unregistered.sort();
    all.unregistered.dedup();
    all.dynamic_names.sort();
    all.dynamic_names.dedup();
    all.exports.sort();
    all.exports.dedup();
    let submodules = what.paths.iter().flat_map(|path| empty_submodules(path));
    all.unread.extend(submodules);
    all.unread.sort();
    all
}

/// Adds the call sites of functions of the generated client, which imports in other files decide.
fn linked(walked: Walked, names: &Names, languages: &Languages) -> Scanned {
    let Walked {
        mut scanned,
        mut uses,
        scripts,
    } = walked;
    let mut resolver = Resolver::new(names.client(), Disk { languages });
    let mut known = BTreeSet::new();
    loop {
        scanned.sites.extend(uses.sites(&mut resolver));
        scanned.exports.extend(uses.exports(&mut resolver));
        let aliases = uses.aliases(&mut resolver, &known);
        if aliases.words.is_empty() {
            return scanned;
        }
        uses = Uses::default();
        for script in &scripts {
            let Ok(bytes) = fs::read(&script.path) else {
                continue;
            };
            let file = (script.kind, script.below.as_str());
            let found = search_aliases(names, &aliases, file, &bytes);
            uses.add(&shown(&script.path), found.uses, found.exports);
        }
        known.extend(aliases.words);
    }
}

/// The files on the disk.
struct Disk<'a> {
    languages: &'a Languages,
}

impl Files for Disk<'_> {
    fn load(&mut self, path: &str) -> Option<Loaded> {
        let kind = self.languages.kind(path);
        let length = fs::metadata(path).ok().filter(fs::Metadata::is_file)?.len();
        if !kind.is_code() || too_large(length).is_some() {
            return None;
        }
        text::load(kind, path, &fs::read(path).ok()?)
    }
}

/// Returns the submodules of a folder that are not checked out and therefore cannot be scanned.
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

/// The results of a walk through the files.
#[derive(Default)]
struct Walked {
    scanned: Scanned,
    uses: Uses,
    /// The files that can import a function.
    scripts: Vec<ScriptFile>,
}

/// A file that can import a function.
struct ScriptFile {
    path: PathBuf,
    /// The path below the scanned folder.
    below: String,
    kind: FileKind,
}

/// The results of a thread, which are merged when the thread ends.
struct Worker<'a> {
    all: &'a Mutex<Walked>,
    languages: &'a Languages,
    own: Walked,
    buffer: Vec<u8>,
}

impl Worker<'_> {
    fn file(&mut self, names: &Names, entry: &DirEntry, registry: Option<&Path>) {
        let path = entry.path();
        let shown = shown(path);
        let kind = self.languages.kind(&shown);
        let counts = &mut self.own.scanned.counts;
        if !kind.is_code() || registry.is_some_and(|registry| is_same(registry, path)) {
            counts.other += 1;
            return;
        }
        self.buffer.clear();
        let read = File::open(path).and_then(|mut file| match too_large(file.metadata()?.len()) {
            Some(reason) => Err(io::Error::other(reason)),
            None => file.read_to_end(&mut self.buffer),
        });
        if let Err(error) = read {
            self.own.scanned.unread.push(format!("{shown}: {error}"));
            return;
        }
        let below = below(path, entry.depth());
        match search(names, kind, &below, &self.buffer) {
            Content::Binary => counts.binary += 1,
            Content::Generated => counts.generated += 1,
            Content::Pointer => counts.pointers += 1,
            Content::Source(mut found) => {
                counts.files += 1;
                counts.bytes += self.buffer.len() as u64;
                let uses = std::mem::take(&mut found.uses);
                let exports = std::mem::take(&mut found.exports);
                self.own.uses.add(&shown, uses, exports);
                add(&mut self.own.scanned, &shown, found);
                if kind.can_import() {
                    self.own.scripts.push(ScriptFile {
                        path: path.to_owned(),
                        below,
                        kind,
                    });
                }
            }
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let own = std::mem::take(&mut self.own);
        let mut all = self
            .all
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        all.uses.append(own.uses);
        all.scripts.extend(own.scripts);
        let (all, own) = (&mut all.scanned, own.scanned);
        all.sites.extend(own.sites);
        all.unregistered.extend(own.unregistered);
        all.dynamic_names.extend(own.dynamic_names);
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

/// Adds the matches of a file to the results.
pub(crate) fn add(scanned: &mut Scanned, file: &str, found: Found) {
    for ((line, column), event, form, role) in found.mentions {
        let file = file.to_owned();
        scanned.sites.push(Site {
            file,
            line,
            column,
            form,
            role,
            event,
        });
    }
    for ((line, column), name, call, role) in found.unregistered {
        let (file, call) = (file.to_owned(), call);
        scanned.unregistered.push(UnregisteredCall {
            file,
            line,
            column,
            name,
            call,
            role,
        });
    }
    for ((line, column), prefix, suffix, role) in found.dynamic_names {
        let file = file.to_owned();
        scanned.dynamic_names.push(DynamicName {
            file,
            line,
            column,
            prefix,
            suffix,
            role,
        });
    }
}

/// Returns a path for messages, with slashes on every platform.
fn shown(path: &Path) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// Returns the part of a path below the scanned folder, or the file name.
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
