//! The search in the files of all releases, in parallel.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::collected::{Blob, Collected, Tags};
use crate::finding::fires;
use crate::git::Blobs;
use crate::module::{Aliases, Export, Import};
use crate::names::Names;
use crate::site::{Role, Site};
use crate::text::{Content, Place, search, search_aliases};

/// The result of searching a file.
#[derive(Clone, Default)]
pub(super) struct InFile {
    /// The number of call sites of each event.
    pub(super) sites: BTreeMap<usize, usize>,
    /// Places where the scan cannot decide whether an event is fired.
    pub(super) unclear: Vec<Site>,
    pub(super) is_pointer: bool,
    /// The reason why the file was not read.
    pub(super) unread: Option<String>,
    /// Uses and exports of names that may be functions of the generated client.
    pub(super) functions: Functions,
}

/// Uses and exports of names that may be functions of the generated client.
#[derive(Clone, Default)]
pub(super) struct Functions {
    pub(super) uses: Vec<(Place, Import, Role)>,
    pub(super) exports: Vec<(Place, Export)>,
}

/// Searches the files, and returns the result for each.
pub(super) fn counts(
    collected: &Collected<'_>,
    names: &Names,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<InFile>, String> {
    each(collected, done, &|file, read| match read {
        Ok(bytes) => in_file(names, collected.tags, file, bytes),
        Err(reason) => InFile {
            unread: Some(format!("{}: {reason}", file.path)),
            ..InFile::default()
        },
    })
}

/// Searches the files for functions that modules export under other names.
pub(super) fn aliased(
    collected: &Collected<'_>,
    names: &Names,
    aliases: &Aliases,
) -> Result<Vec<Functions>, String> {
    each(collected, &|_, _| {}, &|file, read| match read {
        Ok(bytes) if file.kind.can_import() => {
            let found = search_aliases(names, aliases, (file.kind, &file.path), bytes);
            Functions {
                uses: found.uses,
                exports: found.exports,
            }
        }
        _ => Functions::default(),
    })
}

/// Reads each file, and returns the results of `search`, which also takes the reason why a file was
/// not read.
fn each<T: Clone + Default + Send>(
    collected: &Collected<'_>,
    done: &(dyn Fn(usize, usize) + Sync),
    search: &(impl Fn(&Blob, Result<&[u8], String>) -> T + Sync),
) -> Result<Vec<T>, String> {
    let files = &collected.files;
    let next = AtomicUsize::new(0);
    let all = Mutex::new(vec![T::default(); files.len()]);
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
                Some(reason) => search(file, Err(reason)),
                None => search(file, Ok(&buffer)),
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
            in_file.functions = Functions {
                uses: found.uses,
                exports: found.exports,
            };
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
