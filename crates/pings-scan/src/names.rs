//! The names and calls to search for, as a single automaton.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use pings_model::{EventId, Registry, ident};

use crate::site::NameForm;

/// The default functions that log an event by its name.
pub const CALLS: &[&str] = &[
    "logEvent",
    "LogEvent",
    "log_event",
    "eventLogger.log",
    "telemetryService.log",
    "telemetryRecorder.recordEvent",
    "record_named",
    "record",
    "track",
    "trackEvent",
    "track_event",
];

/// Functions of which only the first argument can be a name: `record` takes an event and then its
/// user, and many unrelated functions are called `track`.
pub(crate) const EVENT_FIRST: &[&str] = &["record", "record_named", "track"];

/// The default enums whose variants are events.
pub const ENUMS: &[&str] = &["Event", "EventName"];

/// The names of a registry's events and the functions that log them, prepared for a search.
#[derive(Debug)]
pub struct Names {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    by_name: BTreeMap<String, (EventId, NameForm)>,
    calls: Vec<String>,
    enums: Vec<String>,
}

/// The meaning of a pattern of the automaton.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pattern {
    /// The event with this name in strings.
    pub(crate) wire: Option<(EventId, NameForm)>,
    /// The event whose variant has this name.
    pub(crate) variant: Option<EventId>,
    /// The logging call that begins with this pattern.
    pub(crate) call: Option<usize>,
}

/// A match of a pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) pattern: Pattern,
}

impl Names {
    /// Collects the names of a registry's events.
    ///
    /// `calls` are the functions that log events, such as [`CALLS`]. `enums` are the enums whose
    /// variants are events, such as [`ENUMS`].
    ///
    /// Returns `None` if there are too many names for an automaton, whose limit is millions of
    /// names.
    #[must_use]
    pub fn new(registry: &Registry, calls: &[&str], enums: &[&str]) -> Option<Self> {
        let mut patterns: BTreeMap<String, Pattern> = BTreeMap::new();
        let mut by_name = BTreeMap::new();
        let variants = ident::type_names(registry.events().iter().map(|event| event.name.as_str()));
        for (place, (event, variant)) in registry.events().iter().zip(variants).enumerate() {
            let id = EventId(place);
            let old = event.renamed_from.iter().enumerate();
            let form = std::iter::once((event.name.as_str(), NameForm::Wire))
                .chain(old.map(|(place, name)| (name.as_str(), NameForm::Old(place))));
            for (name, form) in form.filter(|(name, _)| !name.is_empty()) {
                patterns.entry(name.to_owned()).or_default().wire = Some((id, form));
                by_name.insert(name.to_owned(), (id, form));
            }
            patterns.entry(variant).or_default().variant = Some(id);
        }
        for (place, call) in calls.iter().enumerate() {
            patterns.entry(format!("{call}(")).or_default().call = Some(place);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns.keys())
            .ok()?;
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect();
        Some(Self {
            automaton,
            patterns: patterns.into_values().collect(),
            by_name,
            calls: owned(calls),
            enums: owned(enums),
        })
    }

    /// Returns the next match at or after `from`.
    pub(crate) fn next(&self, text: &[u8], from: usize) -> Option<Hit> {
        let found = self
            .automaton
            .find(Input::new(text).range(from..text.len()))?;
        Some(Hit {
            start: found.start(),
            end: found.end(),
            pattern: self.patterns[found.pattern().as_usize()],
        })
    }

    /// Returns the event that has or had that name.
    pub(crate) fn event(&self, name: &str) -> Option<(EventId, NameForm)> {
        self.by_name.get(name).copied()
    }

    /// Returns all current and previous names of events.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    pub(crate) fn call(&self, place: usize) -> &str {
        &self.calls[place]
    }

    /// Returns the enums whose variants are events.
    pub(crate) fn enums(&self) -> &[String] {
        &self.enums
    }

    /// Returns whether the variants of that enum are events.
    pub(crate) fn is_enum(&self, name: &[u8]) -> bool {
        self.enums.iter().any(|known| known.as_bytes() == name)
    }
}
