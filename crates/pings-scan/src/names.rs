//! The names and calls to search for, as a single automaton.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, Input, MatchKind};
use pings_model::{EventId, Registry, ident};

use crate::call::{ATTRIBUTE, Call};
use crate::client::Client;
use crate::lexer::is_word;
use crate::site::NameForm;

/// The default enums whose variants are events.
pub const ENUMS: &[&str] = &["Event", "EventName"];

/// The names of a registry's events and the functions that log them, prepared for a search.
#[derive(Debug)]
pub struct Names {
    automaton: AhoCorasick,
    patterns: Vec<Pattern>,
    by_name: BTreeMap<String, (EventId, NameForm)>,
    calls: Vec<Call>,
    client: Client,
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
    /// Whether the pattern is the attribute that fires an event.
    pub(crate) is_attribute: bool,
    /// The length of the name of a generated function with which the pattern begins.
    pub(crate) function: Option<usize>,
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
    /// `calls` are the functions that log events, such as [`CALLS`](crate::CALLS). `enums` are the enums whose
    /// variants are events, such as [`ENUMS`].
    ///
    /// Returns `None` if there are too many names for an automaton, whose limit is millions of
    /// names.
    #[must_use]
    pub fn new(registry: &Registry, calls: &[Call], enums: &[&str]) -> Option<Self> {
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
            let pattern = patterns.entry(format!("{}(", call.name())).or_default();
            pattern.call.get_or_insert(place);
        }
        patterns
            .entry(format!("{ATTRIBUTE}="))
            .or_default()
            .is_attribute = true;
        let client = Client::new(registry);
        for function in client.functions() {
            patterns.entry(function.clone()).or_default();
        }
        for (text, pattern) in &mut patterns {
            let word = text.bytes().take_while(|byte| is_word(*byte)).count();
            pattern.function = client.event(&text[..word]).map(|_| word);
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns.keys())
            .ok()?;
        Some(Self {
            automaton,
            patterns: patterns.into_values().collect(),
            by_name,
            calls: calls.to_vec(),
            client,
            // An empty name would be found everywhere, without end.
            enums: enums
                .iter()
                .filter(|name| !name.is_empty())
                .map(ToString::to_string)
                .collect(),
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

    pub(crate) fn call(&self, place: usize) -> &Call {
        &self.calls[place]
    }

    /// Returns the generated TypeScript client.
    pub(crate) fn client(&self) -> &Client {
        &self.client
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
