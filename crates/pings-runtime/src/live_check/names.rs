//! Looks up the owner of a name in the event log.

use std::collections::BTreeMap;

use pings_model::{Event, Registry};

/// The names that a registry declares.
#[derive(Debug)]
pub(crate) struct Names<'r> {
    events: BTreeMap<&'r str, &'r Event>,
    codes: BTreeMap<&'r str, ()>,
}

/// The owner of a name.
pub(crate) enum Owner<'r> {
    Event(&'r Event),
    /// A code, under which captures are logged.
    Code,
    Nobody,
}

impl<'r> Names<'r> {
    pub(crate) fn new(registry: &'r Registry) -> Self {
        let of_event = |event: &'r Event| event.wire_names().map(move |name| (name, event));
        Self {
            events: registry.events().iter().flat_map(of_event).collect(),
            codes: registry
                .metrics()
                .map(|(_, metric)| (metric.code.as_str(), ()))
                .collect(),
        }
    }

    pub(crate) fn owner(&self, name: &str) -> Owner<'r> {
        match self.events.get(name) {
            Some(event) => Owner::Event(event),
            None if self.codes.contains_key(name) => Owner::Code,
            None => Owner::Nobody,
        }
    }

    /// Returns all names of events.
    pub(crate) fn events(&self) -> impl Iterator<Item = &'r str> + Clone + '_ {
        self.events.keys().copied()
    }
}
