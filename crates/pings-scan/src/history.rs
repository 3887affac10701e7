//! The releases in which each event was fired.

mod collected;
mod files;
mod functions;
mod gaps;

use std::collections::BTreeSet;

use pings_model::{EventId, Registry};

use crate::finding::fires;
use crate::git::Repository;
use crate::names::Names;
use crate::site::{Role, Site};
use crate::tags::{self, Releases};
pub use collected::Tags;
use collected::{Collected, Release};
use files::{InFile, counts};
use gaps::gaps;
pub use gaps::{Gap, Presence};

/// The releases in which each event was fired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The releases, ordered by version.
    pub releases: Vec<tags::Release>,
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
    let Releases {
        releases,
        others,
        editions,
        is_shallow,
    } = tags::of_repository(&repository, tags.pattern)?;
    let mut collected = Collected::new(repository, tags);
    for release in &releases {
        collected.release(&release.tag)?;
    }
    let mut counted = counts(&collected, names, done)?;
    let functions = counted
        .iter_mut()
        .map(|it| std::mem::take(&mut it.functions));
    let of_functions = functions::sites(&collected, names, functions.collect())?;
    let of_release = |event: usize, (files, sites): (&Release, &Vec<Site>)| {
        let of_file = |file: &usize| counted[*file].sites.get(&event).copied();
        let of_files: usize = files.files.iter().filter_map(of_file).sum();
        let is_fired =
            |site: &&Site| site.event.0 == event && fires(site.role, tags.tests, tags.comments);
        of_files + sites.iter().filter(is_fired).count()
    };
    let events: Vec<Presence> = (0..registry.events().len())
        .map(|event| Presence {
            event: EventId(event),
            sites: collected
                .releases
                .iter()
                .zip(&of_functions)
                .map(|release| of_release(event, release))
                .collect(),
        })
        .collect();
    let unclear = unclear(&collected, &releases, &counted, &of_functions);
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

/// Returns the places where the scan cannot decide whether an event is fired, each with the first
/// release that contains it.
fn unclear(
    collected: &Collected<'_>,
    releases: &[tags::Release],
    counted: &[InFile],
    of_functions: &[Vec<Site>],
) -> Vec<Unclear> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for ((release, files), sites) in releases.iter().zip(&collected.releases).zip(of_functions) {
        let in_files = files.files.iter().filter(|file| seen.insert(**file));
        let in_files = in_files.flat_map(|file| &counted[*file].unclear);
        let is_unclear = |site: &&Site| matches!(site.role, Role::Unclear(_));
        for site in in_files.chain(sites.iter().filter(is_unclear)) {
            all.push(Unclear {
                tag: release.tag.clone(),
                site: site.clone(),
            });
        }
    }
    let mut known = BTreeSet::new();
    all.retain(|unclear| known.insert(unclear.site.clone()));
    all
}
