//! Finds events by the names under which clients send them.

use std::cell::Cell;
use std::collections::HashMap;

use pings_model::{Event, EventId, Registry};
use pings_registry::nearest;

/// The events of a registry by their current and older names.
#[derive(Debug)]
pub(crate) struct Names {
    ids: HashMap<String, EventId>,
}

impl Names {
    pub(crate) fn new(registry: &Registry) -> Self {
        let mut ids = HashMap::new();
        // Current names win over the older names of other events.
        for (id, event) in registry.events().iter().enumerate() {
            for old in &event.renamed_from {
                ids.entry(old.clone()).or_insert(EventId(id));
            }
        }
        for (id, event) in registry.events().iter().enumerate() {
            ids.insert(event.name.clone(), EventId(id));
        }
        Self { ids }
    }

    /// Returns the event that is sent under this name.
    pub(crate) fn find<'r>(&self, registry: &'r Registry, name: &str) -> Option<&'r Event> {
        self.ids.get(name).map(|id| registry.event(*id))
    }
}

/// Suggests names for misspelled ones. Comparing a name with all events takes long in a large
/// registry, so only a few names of a batch are compared, and no long ones.
#[derive(Debug)]
pub(crate) struct Suggestions<'r> {
    registry: &'r Registry,
    left: Cell<u32>,
}

/// The maximum number of suggestions per batch.
const SUGGESTIONS: u32 = 3;

/// The maximum length of a name that is compared.
const LONGEST: usize = 100;

impl<'r> Suggestions<'r> {
    pub(crate) fn new(registry: &'r Registry) -> Self {
        Self {
            registry,
            left: Cell::new(SUGGESTIONS),
        }
    }

    /// Returns the name of the event that is probably meant.
    pub(crate) fn event(&self, name: &str) -> Option<&'r str> {
        let left = self.left.get().checked_sub(1)?;
        if name.len() > LONGEST {
            return None;
        }
        self.left.set(left);
        let events = self.registry.events().iter();
        nearest(name, events.map(|event| event.name.as_str()))
    }
}
