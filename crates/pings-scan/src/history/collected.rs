//! The files of all releases.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::exclude::Exclude;
use crate::git::Repository;
use crate::language::{self, FileKind, Languages};

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

/// How a blob is scanned. The same blob may be a test at one path and code at another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    language: (&'static str, &'static str),
    is_test: bool,
}

/// A file, which is read once for all releases that contain it.
pub(super) struct Blob {
    /// The index of the repository that contains the file.
    pub(super) repository: usize,
    pub(super) hash: String,
    pub(super) path: String,
    pub(super) kind: FileKind,
}

/// The files of all releases.
pub(super) struct Collected<'a> {
    pub(super) tags: &'a Tags<'a>,
    pub(super) repositories: Vec<Repository>,
    /// Submodules whose commits are not available, with the number of releases that use them.
    pub(super) submodules: BTreeMap<String, usize>,
    places: BTreeMap<(String, Kind), usize>,
    pub(super) files: Vec<Blob>,
    /// The files of each release.
    pub(super) releases: Vec<Release>,
    /// The paths of all files that can import a function, with their positions in `paths`.
    known_paths: BTreeMap<String, usize>,
    pub(super) paths: Vec<String>,
}

/// The files of a release, by their positions in the list of all files.
#[derive(Default)]
pub(super) struct Release {
    pub(super) files: Vec<usize>,
    /// The files that can import a function, each with the position of its path.
    pub(super) scripts: Vec<(usize, usize)>,
}

impl<'a> Collected<'a> {
    pub(super) fn new(repository: Repository, tags: &'a Tags<'a>) -> Self {
        Self {
            tags,
            repositories: vec![repository],
            submodules: BTreeMap::new(),
            places: BTreeMap::new(),
            files: Vec::new(),
            releases: Vec::new(),
            known_paths: BTreeMap::new(),
            paths: Vec::new(),
        }
    }

    pub(super) fn release(&mut self, tag: &str) -> Result<(), String> {
        let mut files = Release::default();
        self.tree(
            0,
            &format!("refs/tags/{tag}"),
            "",
            self.tags.paths,
            &mut files,
        )?;
        self.releases.push(files);
        Ok(())
    }

    /// Collects the files of a tree and of its submodules.
    fn tree(
        &mut self,
        repository: usize,
        revision: &str,
        prefix: &str,
        paths: &[PathBuf],
        release: &mut Release,
    ) -> Result<(), String> {
        let tree = self.repositories[repository].tree(revision, paths)?;
        for file in tree.files {
            self.file(
                repository,
                &file.blob,
                format!("{prefix}{}", file.path),
                release,
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
                        release,
                    )?;
                }
                None => *self.submodules.entry(path).or_default() += 1,
            }
        }
        Ok(())
    }

    fn file(&mut self, repository: usize, hash: &str, path: String, release: &mut Release) {
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
        release.files.push(place);
        if kind.can_import() {
            let last = self.paths.len();
            let known = *self.known_paths.entry(path.clone()).or_insert(last);
            if known == last {
                self.paths.push(path.clone());
            }
            release.scripts.push((known, place));
        }
        if place == next {
            self.files.push(Blob {
                repository,
                hash: hash.to_owned(),
                path,
                kind,
            });
        }
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
