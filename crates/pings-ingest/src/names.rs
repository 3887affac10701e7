//! Finds events by the names under which clients send them.

use std::collections::HashMap;

use pings_model::{Event, EventId, Registry};

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
