//! Conversion of the parsed YAML to the registry: resolves references, and parses and types SQL.

mod args;
mod bounds;
mod capture;
mod events;
mod expr;
mod groups;
mod metric;
mod ping;
mod scope;
mod sql;
mod statement;
mod timestamp;

pub use statement::pure;

use std::collections::{BTreeSet, HashMap};

use pings_model::{Event, EventId, Links, ListedFunction, Registry, Table, TableId};

use crate::context::Context;
use crate::raw::RawRegistry;
use crate::tree::Node;

/// The names that pings may use. Elements that failed the schema check are included by name, so
/// that references to them are not reported as well.
pub(super) struct Names<'a> {
    pub(super) events: &'a [Event],
    pub(super) tables: &'a [Table],
    /// The names under `functions`.
    pub(super) functions: BTreeSet<&'a str>,
    event_ids: HashMap<&'a str, EventId>,
    old_names: HashMap<&'a str, EventId>,
    table_ids: HashMap<&'a str, TableId>,
    sound_events: Vec<bool>,
    sound_tables: Vec<bool>,
}

impl<'a> Names<'a> {
    fn new(raw: &'a RawRegistry<'_>, events: &'a [Event], tables: &'a [Table]) -> Self {
        let old = |(id, event): (usize, &'a Event)| {
            event
                .renamed_from
                .iter()
                .map(move |name| (name.as_str(), EventId(id)))
        };
        Self {
            events,
            tables,
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

    fn is_sound_event(&self, id: EventId) -> bool {
        self.sound_events[id.0]
    }

    fn is_sound_table(&self, id: TableId) -> bool {
        self.sound_tables[id.0]
    }
}

/// Returns the registry, or `None` if a required element is missing. If there are errors, the
/// registry may lack the invalid elements.
pub(crate) fn registry(
    raw: &RawRegistry<'_>,
    root: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<Registry> {
    let events = events::events(raw, cx);
    let tables = events::tables(raw);
    let names = Names::new(raw, &events, &tables);
    let pings = ping::pings(raw, &names, cx);
    links(raw, root, cx);
    unused_functions(raw, root, cx);
    let functions = raw.functions.iter().map(|(name, reason)| ListedFunction {
        name: name.clone(),
        reason: reason.clone(),
    });
    Some(Registry {
        name: raw.name.clone()?,
        title: raw.title.clone()?,
        summary: raw.summary.clone(),
        // The form of the version has been checked.
        released: raw.released.as_ref().and_then(|it| it.parse().ok()),
        links: Links {
            code: raw.links.code.clone(),
            pr: raw.links.pr.clone(),
        },
        functions: functions.collect(),
        events,
        tables,
        pings,
    })
}

/// Reports templates without their placeholder, which would link everything to the same page.
fn links(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    let Some(node) = root.get("links") else {
        return;
    };
    for (key, template, placeholder) in [
        ("code", &raw.links.code, "{code}"),
        ("pr", &raw.links.pr, "{pr}"),
    ] {
        let (Some(template), Some(node)) = (template, node.get(key)) else {
            continue;
        };
        if !template.contains(placeholder) {
            cx.error(
                crate::Rule::WrongType,
                node.span,
                format!("this address has no `{placeholder}`"),
                format!("insert `{placeholder}` into the address"),
            );
        }
    }
}

/// Reports unused entries of `functions`, because they would silently permit calls in future
/// statements.
fn unused_functions(raw: &RawRegistry<'_>, root: &Node<'_>, cx: &mut Context<'_>) {
    let Some(node) = root.get("functions") else {
        return;
    };
    // Invalid statements were not read completely.
    if !cx.diagnostics.is_empty() {
        return;
    }
    for entry in node.entries() {
        if raw.functions.contains_key(&*entry.key) && !cx.called.contains(&*entry.key) {
            cx.error(
                crate::Rule::UnusedFunction,
                entry.key_span,
                format!("`{}` is listed, but no `sql` needs it", entry.key),
                "remove it: either no statement calls it, or it is allowed by default",
            );
        }
    }
}
