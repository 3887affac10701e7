//! Call sites of the functions of the generated client, in each release.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::collected::{Collected, Release};
use super::files::{Functions, aliased};
use crate::git::Blobs;
use crate::link::Uses;
use crate::module::{Aliases, Loaded};
use crate::modules::{Files, Resolver};
use crate::names::Names;
use crate::site::Site;
use crate::text;

/// Returns the call sites in each release. `functions` has the uses and exports of each file.
pub(super) fn sites(
    collected: &Collected<'_>,
    names: &Names,
    mut functions: Vec<Functions>,
) -> Result<Vec<Vec<Site>>, String> {
    let mut sites = vec![Vec::new(); collected.releases.len()];
    let mut files = Modules::default();
    let mut known = BTreeSet::new();
    loop {
        let mut aliases = Aliases::default();
        for (release, sites) in collected.releases.iter().zip(&mut sites) {
            let uses = uses(collected, release, &functions);
            if uses.is_empty() {
                continue;
            }
            let in_release = InRelease::new(collected, release, &mut files);
            let mut resolver = Resolver::new(names.client(), in_release);
            sites.extend(uses.sites(&mut resolver));
            let found = uses.aliases(&mut resolver, &known);
            aliases.functions.extend(found.functions);
            aliases.words.extend(found.words);
        }
        if aliases.words.is_empty() {
            break;
        }
        functions = aliased(collected, names, &aliases)?;
        known.append(&mut aliases.words);
    }
    // A name can be both a function and an export of another function.
    for sites in &mut sites {
        sites.sort();
        sites.dedup();
    }
    Ok(sites)
}

/// Returns the uses and exports in the files of a release.
fn uses(collected: &Collected<'_>, release: &Release, functions: &[Functions]) -> Uses {
    let mut uses = Uses::default();
    for (path, file) in &release.scripts {
        let Functions {
            uses: used,
            exports,
        } = &functions[*file];
        if !used.is_empty() || !exports.is_empty() {
            uses.add(&collected.paths[*path], used.clone(), exports.clone());
        }
    }
    uses
}

/// The modules that were read, by the position of their file.
#[derive(Default)]
struct Modules {
    loaded: BTreeMap<usize, Option<Loaded>>,
    open: BTreeMap<usize, Blobs>,
}

/// The files of a release.
struct InRelease<'c> {
    collected: &'c Collected<'c>,
    by_path: BTreeMap<&'c str, usize>,
    modules: &'c mut Modules,
}

impl<'c> InRelease<'c> {
    fn new(collected: &'c Collected<'c>, release: &'c Release, modules: &'c mut Modules) -> Self {
        let scripts = release.scripts.iter();
        Self {
            by_path: scripts
                .map(|(path, file)| (collected.paths[*path].as_str(), *file))
                .collect(),
            collected,
            modules,
        }
    }
}

impl Files for InRelease<'_> {
    fn load(&mut self, path: &str) -> Option<Loaded> {
        let place = *self.by_path.get(path)?;
        if let Some(known) = self.modules.loaded.get(&place) {
            return known.clone();
        }
        let file = &self.collected.files[place];
        let blobs = match self.modules.open.entry(file.repository) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let repository = &self.collected.repositories[file.repository];
                entry.insert(repository.blobs().ok()?)
            }
        };
        let mut bytes = Vec::new();
        let is_read = matches!(blobs.read(&file.hash, &mut bytes), Ok(None));
        let loaded = is_read
            .then(|| text::load(file.kind, path, &bytes))
            .flatten();
        self.modules.loaded.insert(place, loaded.clone());
        loaded
    }
}
