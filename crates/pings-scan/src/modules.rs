//! Follows imports to the functions of the generated client.

mod paths;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use pings_model::EventId;

use crate::client::Client;
use crate::module::{Export, Import, Loaded};
use crate::site::NameForm;
use paths::{candidates, is_named_pings, may_be_local};

/// The files of a product.
pub(crate) trait Files {
    /// Reads a module. Returns `None` if there is no such file.
    fn load(&mut self, path: &str) -> Option<Loaded>;
}

/// The target of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The function of an event.
    Event(EventId, NameForm),
    /// Something else.
    Other,
    /// The module is not found.
    Unknown,
}

/// Follows imports.
pub(crate) struct Resolver<'n, F> {
    client: &'n Client,
    files: F,
    loaded: BTreeMap<String, Option<Rc<Loaded>>>,
}

impl<'n, F: Files> Resolver<'n, F> {
    pub(crate) fn new(client: &'n Client, files: F) -> Self {
        Self {
            client,
            files,
            loaded: BTreeMap::new(),
        }
    }

    /// Returns what an import of a file refers to.
    pub(crate) fn target(&mut self, file: &str, import: &Import) -> Target {
        self.follow(file, import, &mut BTreeSet::new())
    }

    /// Returns the event whose function has the name that an import of an unknown module ends with.
    pub(crate) fn named(&self, import: &Import) -> Option<(EventId, NameForm)> {
        let mut names = import.path.iter();
        names.find_map(|name| self.client.event(name))
    }

    /// `passed` has the imports that lead here. An import that leads to itself ends.
    fn follow(
        &mut self,
        file: &str,
        import: &Import,
        passed: &mut BTreeSet<(String, Import)>,
    ) -> Target {
        if !passed.insert((file.to_owned(), import.clone())) {
            return Target::Other;
        }
        if self.client.is_package(&import.source) {
            return self.function(import);
        }
        for path in candidates(file, &import.source) {
            match self.load(&path).as_deref() {
                Some(Loaded::Client) => return self.function(import),
                Some(Loaded::Module(exports)) => {
                    return self.exported(&path, exports, import, passed);
                }
                None => {}
            }
        }
        match may_be_local(&import.source) {
            true if is_named_pings(&import.source) => self.function(import),
            true => Target::Unknown,
            false => Target::Other,
        }
    }

    /// Returns the function of the client that an import refers to.
    fn function(&self, import: &Import) -> Target {
        let name = import.path.first();
        let found = name.and_then(|name| self.client.event(name));
        found.map_or(Target::Other, |(event, form)| Target::Event(event, form))
    }

    /// Returns what an import refers to that leads to a module with these exports.
    fn exported(
        &mut self,
        path: &str,
        exports: &[Export],
        import: &Import,
        passed: &mut BTreeSet<(String, Import)>,
    ) -> Target {
        let Some(name) = import.path.first() else {
            return Target::Other;
        };
        // An export by name takes precedence over `export *`.
        if let Some(export) = exports.iter().find(|it| it.name.as_ref() == Some(name)) {
            return match &export.import {
                Some(other) => self.follow(path, &import.through(other), passed),
                None => Target::Other,
            };
        }
        let mut found = Target::Other;
        for export in exports.iter().filter(|export| export.name.is_none()) {
            let Some(all) = &export.import else { continue };
            match self.follow(path, &import.of(&all.source), passed) {
                Target::Other => {}
                Target::Unknown => found = Target::Unknown,
                event @ Target::Event(..) => return event,
            }
        }
        found
    }

    fn load(&mut self, path: &str) -> Option<Rc<Loaded>> {
        if let Some(known) = self.loaded.get(path) {
            return known.clone();
        }
        let loaded = self.files.load(path).map(Rc::new);
        self.loaded.insert(path.to_owned(), loaded.clone());
        loaded
    }
}

#[cfg(test)]
mod tests;
