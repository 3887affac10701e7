//! The generated TypeScript client: a package with one function for each event.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{EventId, Registry, ident};

use crate::site::NameForm;

/// The generated TypeScript client of a registry.
#[derive(Debug)]
pub(crate) struct Client {
    /// The name of the package.
    package: String,
    by_function: BTreeMap<String, (EventId, NameForm)>,
    /// The names of the functions.
    functions: BTreeSet<String>,
}

impl Client {
    pub(crate) fn new(registry: &Registry) -> Self {
        let events = registry.events();
        let current = ident::function_names(events.iter().map(|event| event.name.as_str()));
        let mut by_function = BTreeMap::new();
        for (place, name) in current.into_iter().enumerate() {
            by_function.insert(name, (EventId(place), NameForm::Function));
        }
        // The clients of earlier releases have functions with the previous names.
        for (place, event) in events.iter().enumerate() {
            for (old, name) in event.renamed_from.iter().enumerate() {
                let found = (EventId(place), NameForm::Old(old));
                for function in ident::function_names([name.as_str()]) {
                    by_function.entry(function).or_insert(found);
                }
            }
        }
        Self {
            package: format!("{}-web", registry.name().replace('_', "-")),
            functions: by_function.keys().cloned().collect(),
            by_function,
        }
    }

    /// Returns whether a module is the package, a part of it, or a folder with its name.
    pub(crate) fn is_package(&self, source: &str) -> bool {
        source.split('/').any(|part| part == self.package)
    }

    /// Returns the event that a function fires.
    pub(crate) fn event(&self, function: &str) -> Option<(EventId, NameForm)> {
        self.by_function.get(function).copied()
    }

    /// Returns the names of the functions.
    pub(crate) fn functions(&self) -> &BTreeSet<String> {
        &self.functions
    }
}
