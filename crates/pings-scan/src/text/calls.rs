//! Calls that log an event by its name.

use std::collections::BTreeMap;

use super::{Raw, Search};
use crate::argument::{self, Argument, Position};
use crate::lexer::{Kind, is_word, last_word};
use crate::names::Hit;

impl Search<'_> {
    pub(super) fn is_call(&mut self, hit: Hit, call: usize) -> bool {
        if self.before(hit.start).is_some_and(is_word) {
            return false;
        }
        let call = self.names.call(call);
        let arguments = match self.parsed_arguments(hit) {
            Some(parsed) => parsed,
            None if self.is_declared(hit.start) => return false,
            None => argument::names(self.text, hit.end, self.syntax, call.position()),
        };
        self.logged(hit, call.name(), arguments);
        // The arguments may contain further names.
        false
    }

    /// Returns the names among the arguments of a parsed call or attribute, or `None` if the hit is
    /// in a comment, in a string or in another language.
    pub(super) fn parsed_arguments(&mut self, hit: Hit) -> Option<Vec<Argument>> {
        let kind = self.token(hit.start).map(|token| token.kind);
        let is_text = matches!(kind, Some(Kind::Comment | Kind::String { .. }));
        if is_text || !self.script.covers(hit.start) {
            return None;
        }
        let arguments = self.script.arguments.get(&hit.end);
        Some(arguments.cloned().unwrap_or_default())
    }

    /// Records the names that a call or an attribute logs.
    pub(super) fn logged(&mut self, hit: Hit, call: &str, arguments: Vec<Argument>) {
        if arguments.is_empty() {
            return;
        }
        let Some(role) = self.role(hit.start) else {
            return;
        };
        for argument in arguments {
            match argument {
                Argument::Constant { start, text } => match self.names.event(&text) {
                    Some((event, form)) => self.mention(start, event, form, role),
                    None if is_name(&text) => {
                        let call = call.to_owned();
                        self.raw.push(Raw::Unregistered(start, text, call, role));
                    }
                    None => {}
                },
                Argument::Dynamic {
                    start,
                    prefix,
                    suffix,
                } => self.raw.push(Raw::Dynamic(start, prefix, suffix, role)),
            }
        }
    }

    /// Returns the position of the names in the arguments of each call and attribute.
    pub(super) fn calls(&self) -> BTreeMap<usize, Position> {
        let position = |hit: &Hit| match hit.pattern.call {
            Some(call) => Some(self.names.call(call).position()),
            None => hit.pattern.is_attribute.then_some(Position::Only(0)),
        };
        let hits = self.hits().iter();
        hits.filter_map(|hit| Some((hit.end, position(hit)?)))
            .collect()
    }

    /// Returns whether the function is declared here instead of called: `def log_event(name="…")`.
    fn is_declared(&self, at: usize) -> bool {
        let before = self.text[..at].trim_ascii_end();
        let word = last_word(before);
        before.len() < at && [&b"def"[..], b"fn", b"fun", b"func", b"function"].contains(&word)
    }
}

/// Returns whether a text can be the name of an event.
fn is_name(text: &str) -> bool {
    text.chars().any(char::is_alphabetic) && !text.chars().any(char::is_control)
}
