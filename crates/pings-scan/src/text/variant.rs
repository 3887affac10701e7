//! Expressions that construct variants of enums of events.

use std::ops::Range;

use pings_model::EventId;

use super::Search;
use super::imports::Imports;
use super::patterns::{Patterns, stands_in_pattern};
use crate::language::rule::Family;
use crate::lexer::{Kind, all_words, is_word, last_word};
use crate::names::Hit;
use crate::site::{NameForm, Role};

impl Search<'_> {
    /// Returns whether the hit is written as a variant of an enum of events.
    pub(super) fn is_variant(&self, hit: Hit) -> bool {
        if self.text.get(hit.end).copied().is_some_and(is_word) {
            return false;
        }
        let before = &self.text[..hit.start];
        if before.last().copied().is_some_and(is_word) {
            return false;
        }
        let of_enum = |path: &[u8]| {
            let path = path
                .strip_suffix(b"::")
                .or_else(|| path.strip_suffix(b"."))
                .map(<[u8]>::trim_ascii_end);
            path.is_some_and(|path| self.is_enum(last_word(path)))
        };
        if self.imports().is_inside(hit.start) {
            return false;
        }
        if of_enum(before.trim_ascii_end()) {
            return true;
        }
        let is_path = before.ends_with(b"::") || before.ends_with(b".");
        !is_path && self.imports().is_bare(&self.text[hit.start..hit.end])
    }

    fn is_enum(&self, word: &[u8]) -> bool {
        self.names.is_enum(word) || self.imports().is_enum(word)
    }

    /// Returns the file's imports of enums of events.
    pub(super) fn imports(&self) -> &Imports {
        self.imports.get_or_init(|| {
            let family = self.syntax.family();
            Imports::new(self.text, self.lines(), self.names.enums(), family)
        })
    }

    /// Records each place that uses a variant by an alias.
    pub(super) fn renamed(&mut self) {
        let renamed = std::mem::take(&mut self.renamed);
        if renamed.is_empty() {
            return;
        }
        let text = self.text;
        for (at, word) in all_words(text) {
            let Some(events) = renamed.get(word) else {
                continue;
            };
            let before = &text[..at];
            let is_path = before.ends_with(b"::") || before.ends_with(b".");
            if is_path || self.imports().is_inside(at) {
                continue;
            }
            for event in events {
                self.constructed(at..at + word.len(), *event);
            }
        }
    }

    /// Records a variant, unless the place constructs nothing: a pattern, a type, or text. Returns
    /// whether the variant was recorded.
    pub(super) fn constructed(&mut self, place: Range<usize>, event: EventId) -> bool {
        let at = place.start;
        let Some(role) = self.role(at) else {
            return false;
        };
        let is_other = || self.script.is_type(at) || self.is_pattern(&place) || self.is_text(at);
        if role != Role::Comment && is_other() {
            return false;
        }
        self.mention(at, event, NameForm::Variant, role);
        true
    }

    /// Returns whether a variant is a pattern of Rust, as in `Event::A { .. } =>`.
    fn is_pattern(&self, place: &Range<usize>) -> bool {
        if self.syntax.family() != Family::Rust {
            return false;
        }
        let read = || Patterns::new(self.text, &self.tokens);
        let patterns = self.patterns.get_or_init(read);
        patterns.contains(place.start) || stands_in_pattern(&self.text[place.end..])
    }

    /// Returns whether a place is in a string, outside of code in that string.
    fn is_text(&self, at: usize) -> bool {
        let Some(token) = crate::lexer::token_at(&self.tokens, at) else {
            return false;
        };
        if !matches!(token.kind, Kind::String { .. }) {
            return false;
        }
        match self.syntax.family() {
            _ if self.script.covers(at) => true,
            Family::Rust => true,
            Family::Markup | Family::Other => false,
            Family::JavaScript | Family::C | Family::Script => {
                !is_interpolated(&self.text[token.start..at])
            }
        }
    }
}

/// The length in bytes of the code in a string that is searched.
const FARTHEST: usize = 500;

/// Returns whether a string ends in code that it contains: `{` without `}`, or `\(` without `)`.
fn is_interpolated(before: &[u8]) -> bool {
    let before = &before[before.len().saturating_sub(FARTHEST)..];
    let is_open = |open: &[u8], close: u8| {
        memchr::memmem::rfind(before, open).is_some_and(|at| !before[at..].contains(&close))
    };
    is_open(b"{", b'}') || is_open(b"\\(", b')')
}
