//! The state that all comparisons share: both registries, how their parts correspond, and the
//! changes so far.

use std::collections::{HashMap, HashSet};

use pings_model::{EventId, Path, Registry, Source};

use crate::change::{Change, Kind, Subject};
use crate::measures;

/// Both registries and the changes so far.
pub(crate) struct Context<'a> {
    pub(crate) old: &'a Registry,
    pub(crate) new: &'a Registry,
    /// Whether a table id identifies the same table in both registries.
    pub(crate) same_tables: bool,
    /// For each event of the old registry, its index in the new registry.
    events: Vec<Option<usize>>,
    /// Whether each event has kept its index.
    same_events: bool,
    /// The names of the old events; computed on first use.
    old_names: Option<HashSet<&'a str>>,
    /// How often each text occurs under its key, in both registries; computed on first use.
    texts: Option<[Texts<'a>; 2]>,
    /// The metrics that use each argument; computed on first use.
    uses: Option<Uses<'a>>,
    changes: Vec<Change>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(old: &'a Registry, new: &'a Registry) -> Self {
        let events = correspondence(old, new);
        Self {
            old,
            new,
            same_tables: old.tables() == new.tables(),
            same_events: events
                .iter()
                .enumerate()
                .all(|(at, place)| *place == Some(at)),
            events,
            old_names: None,
            texts: None,
            uses: None,
            changes: Vec::new(),
        }
    }

    pub(crate) fn report(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Reports a change that has an old text, a new text and a help text.
    pub(crate) fn changed(
        &mut self,
        kind: Kind,
        at: (Path, Subject),
        message: impl Into<String>,
        was: impl Into<String>,
        is: impl Into<String>,
        help: impl Into<String>,
    ) {
        let (path, subject) = at;
        let change = Change::new(kind, path, subject, message);
        self.report(change.was(was).is(is).help(help));
    }

    pub(crate) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// Returns whether the old registry has an event of that name.
    pub(crate) fn was_event(&mut self, name: &str) -> bool {
        let old = self.old;
        self.old_names
            .get_or_insert_with(|| old.events().iter().map(|it| it.name.as_str()).collect())
            .contains(name)
    }

    /// Returns whether a text was swapped with the text of another part under the same key. Texts
    /// that occur as often as before count as swapped.
    pub(crate) fn is_exchanged(&mut self, key: &str, was: Option<&str>, is: Option<&str>) -> bool {
        let (Some(was), Some(is)) = (was, is) else {
            return false;
        };
        let (old, new) = (self.old, self.new);
        let [old, new] = self.texts.get_or_insert_with(|| [texts(old), texts(new)]);
        [was, is].into_iter().all(|text| {
            let count = old.get(&(key, text));
            count.is_some() && count == new.get(&(key, text))
        })
    }

    /// Returns the code of a metric that has an argument of an event as a dimension.
    pub(crate) fn told_by(&mut self, event: usize, argument: &str) -> Option<&'a str> {
        self.uses().told.get(&(event, argument)).copied()
    }

    /// Returns the code of a metric that measures an argument of an event.
    pub(crate) fn measured_by(&mut self, event: usize, argument: &str) -> Option<&'a str> {
        self.uses().measured.get(&(event, argument)).copied()
    }

    fn uses(&mut self) -> &Uses<'a> {
        let new = self.new;
        self.uses.get_or_insert_with(|| Uses::of(new))
    }

    /// Returns the index in the new registry of an event of the old registry.
    pub(crate) fn place_of(&self, event: usize) -> Option<usize> {
        self.events[event]
    }

    /// Returns whether both lists contain the same events, in any order.
    pub(crate) fn are_same(&self, old: &[EventId], new: &[EventId]) -> bool {
        if self.same_events && old == new {
            return true;
        }
        let old: HashSet<Option<usize>> = old.iter().map(|id| self.events[id.0]).collect();
        let new: HashSet<Option<usize>> = new.iter().map(|id| Some(id.0)).collect();
        old == new
    }
}

/// For each argument of an event, the code of a metric that uses it.
#[derive(Default)]
struct Uses<'a> {
    /// Metrics that have the argument as a dimension.
    told: HashMap<(usize, &'a str), &'a str>,
    /// Metrics that measure the argument.
    measured: HashMap<(usize, &'a str), &'a str>,
}

impl<'a> Uses<'a> {
    fn of(registry: &'a Registry) -> Self {
        let mut uses = Self::default();
        for (_, metric) in registry.metrics() {
            let Source::Events(events) = &metric.source else {
                continue;
            };
            let value = measures::of_events(&events.measures).value;
            for EventId(event) in events.of.iter().copied() {
                for dimension in &events.by {
                    if let Some(argument) = dimension.argument() {
                        let key = (event, argument.name.as_str());
                        uses.told.entry(key).or_insert(&metric.code);
                    }
                }
                if let Some(argument) = value {
                    let key = (event, argument.name.as_str());
                    uses.measured.entry(key).or_insert(&metric.code);
                }
            }
        }
        uses
    }
}

/// Returns, for each event of the old registry, its index in the new registry: the event of the
/// same name, or the event that had this name before.
fn correspondence(old: &Registry, new: &Registry) -> Vec<Option<usize>> {
    let same_names = old.events().len() == new.events().len()
        && old
            .events()
            .iter()
            .zip(new.events())
            .all(|(old, new)| old.name == new.name);
    if same_names {
        return (0..old.events().len()).map(Some).collect();
    }
    let mut places: HashMap<&str, usize> = HashMap::with_capacity(new.events().len());
    for (at, event) in new.events().iter().enumerate() {
        for name in event.wire_names() {
            places.insert(name, at);
        }
    }
    old.events()
        .iter()
        .map(|event| places.get(event.name.as_str()).copied())
        .collect()
}

/// How often each text that people read occurs in a registry, by its key.
type Texts<'a> = HashMap<(&'static str, &'a str), usize>;

fn texts<'a>(registry: &'a Registry) -> Texts<'a> {
    let mut texts: Texts<'a> = Texts::new();
    let mut add = |key, text: Option<&'a str>| {
        if let Some(text) = text {
            *texts.entry((key, text)).or_default() += 1;
        }
    };
    for event in registry.events() {
        add("description", event.description.as_deref());
        for argument in &event.args {
            add("description", argument.description.as_deref());
        }
    }
    for ping in registry.pings() {
        add("title", Some(&ping.title));
        for (key, text) in [
            ("purpose", &ping.purpose),
            ("implementation", &ping.implementation),
            ("considerations", &ping.considerations),
        ] {
            add(key, text.as_deref());
        }
        for broken in &ping.broken {
            add("reason", broken.reason.as_deref());
        }
        for metric in &ping.metrics {
            add("title", metric.title.as_deref());
            add("note", metric.note.as_deref());
        }
    }
    texts
}

/// Returns the names of events.
pub(crate) fn event_names(registry: &Registry, ids: &[EventId]) -> String {
    let names: Vec<_> = ids
        .iter()
        .map(|id| registry.event(*id).name.as_str())
        .collect();
    names.join(", ")
}
