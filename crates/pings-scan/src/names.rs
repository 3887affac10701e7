//! All that is searched for, as one automaton.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use pings_model::{EventId, Registry, ident};

use crate::site::Named;

/// The functions that log an event by its name, if nothing else is said.
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

/// Those of which a later argument is no name: the recorder's take an event and then who did it,
/// and much else is called `track`.
pub(crate) const EVENT_FIRST: &[&str] = &["record", "record_named", "track"];

/// The enums whose variants are events, if nothing else is said.
pub const ENUMS: &[&str] = &["Event", "EventName"];

/// What is searched for: the names of a registry's events, and the functions that log them.
#[derive(Debug)]
pub struct Names {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    by_name: BTreeMap<String, (EventId, Named)>,
    calls: Vec<String>,
    enums: Vec<String>,
}

/// What a pattern of the automaton stands for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pattern {
    /// The event that is called so in strings.
    pub(crate) wire: Option<(EventId, Named)>,
    /// The event whose variant is called so.
    pub(crate) variant: Option<EventId>,
    /// The logging call that begins so.
    pub(crate) call: Option<usize>,
}

/// Where a pattern was met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) pattern: Pattern,
}

impl Names {
    /// The names of that registry's events.
    ///
    /// `calls` are the functions that log, such as [`CALLS`]; `enums` those whose
    /// variants are events, such as [`ENUMS`].
    ///
    /// None where the names are too many for an automaton, which takes millions.
    #[must_use]
    pub fn new(registry: &Registry, calls: &[&str], enums: &[&str]) -> Option<Self> {
        let mut patterns: BTreeMap<String, Pattern> = BTreeMap::new();
        let mut by_name = BTreeMap::new();
        let variants = ident::type_names(registry.events.iter().map(|event| event.name.as_str()));
        for (place, (event, variant)) in registry.events.iter().zip(variants).enumerate() {
            let id = EventId(place);
            let old = event.renamed_from.iter().enumerate();
            let named = std::iter::once((event.name.as_str(), Named::Wire))
                .chain(old.map(|(place, name)| (name.as_str(), Named::Old(place))));
            for (name, named) in named.filter(|(name, _)| !name.is_empty()) {
                patterns.entry(name.to_owned()).or_default().wire = Some((id, named));
                by_name.insert(name.to_owned(), (id, named));
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

    /// The next place at or behind `from` where something that is searched for stands.
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

    /// The event of that name, or once of that name.
    pub(crate) fn event(&self, name: &str) -> Option<(EventId, Named)> {
        self.by_name.get(name).copied()
    }

    /// All names of events, old ones too.
    pub(crate) fn known(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    pub(crate) fn call(&self, place: usize) -> &str {
        &self.calls[place]
    }

    /// The enums whose variants are events.
    pub(crate) fn enums(&self) -> &[String] {
        &self.enums
    }

    /// Whether the variants of that enum are events.
    pub(crate) fn is_enum(&self, name: &[u8]) -> bool {
        self.enums.iter().any(|known| known.as_bytes() == name)
    }
}
