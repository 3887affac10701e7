//! The names that pings may use, and what a metric inherits from its ping.

use std::collections::{BTreeSet, HashMap};

use pings_model::{Aggregation, Event, EventId, PingType, Table, TableId};

use crate::syntax::RawRegistry;
use crate::tree::Node;

/// The names that pings may use. Elements that failed the schema check are included by name, so
/// that references to them are not reported as well.
pub(super) struct Names<'a> {
    pub(super) events: &'a [Event],
    pub(super) tables: &'a [Table],
    /// The names under `databases`, if the schema check accepted them.
    pub(super) databases: Option<Vec<&'a str>>,
    /// The names under `functions`.
    pub(super) functions: BTreeSet<&'a str>,
    pub(super) event_ids: HashMap<&'a str, EventId>,
    pub(super) old_names: HashMap<&'a str, EventId>,
    pub(super) table_ids: HashMap<&'a str, TableId>,
    sound_events: Vec<bool>,
    sound_tables: Vec<bool>,
}

impl<'a> Names<'a> {
    pub(super) fn new(
        raw: &'a RawRegistry<'_>,
        root: &Node<'_>,
        events: &'a [Event],
        tables: &'a [Table],
    ) -> Self {
        let old = |(id, event): (usize, &'a Event)| {
            event
                .renamed_from
                .iter()
                .map(move |name| (name.as_str(), EventId(id)))
        };
        Self {
            events,
            tables,
            databases: root
                .get("databases")
                .is_none_or(|node| node.sound)
                .then(|| raw.databases.keys().map(String::as_str).collect()),
            functions: raw.functions.keys().map(String::as_str).collect(),
            event_ids: events
                .iter()
                .enumerate()
                .map(|(id, e)| (e.name.as_str(), EventId(id)))
                .collect(),
            old_names: events.iter().enumerate().flat_map(old).collect(),
            table_ids: tables
                .iter()
                .enumerate()
                .map(|(id, t)| (t.name.as_str(), TableId(id)))
                .collect(),
            sound_events: raw.events.iter().map(|part| part.value.is_some()).collect(),
            sound_tables: raw.tables.iter().map(|part| part.value.is_some()).collect(),
        }
    }

    pub(super) fn is_sound_event(&self, id: EventId) -> bool {
        self.sound_events[id.0]
    }

    pub(super) fn is_sound_table(&self, id: TableId) -> bool {
        self.sound_tables[id.0]
    }

    /// Returns the names of all events, as written in the registry.
    pub(super) fn event_names(&self) -> impl Iterator<Item = &'a str> + Clone {
        self.events.iter().map(|event| event.name.as_str())
    }
}

/// The properties that a metric inherits from its ping.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) kind: PingType,
    pub(super) aggregation: Aggregation,
}
