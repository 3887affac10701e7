//! Expressions that construct variants of enums of events.

use pings_model::EventId;

use super::Search;
use super::imports::{Imports, words};
use crate::language::rule::Family;
use crate::lexer::{is_word, last_word};
use crate::names::Hit;
use crate::site::NameForm;

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
        let read = || Imports::new(self.text, self.names.enums(), self.syntax.family());
        self.imports.get_or_init(read)
    }

    /// Records each place that uses a variant by an alias.
    pub(super) fn aliased(&mut self, alias: &[u8], event: EventId) {
        let text = self.text;
        for at in words(text, alias) {
            let before = &text[..at];
            let is_path = before.ends_with(b"::") || before.ends_with(b".");
            if is_path || self.imports().is_inside(at) || self.is_pattern(at + alias.len()) {
                continue;
            }
            if let Some(role) = self.role(at) {
                self.mention(at, event, NameForm::Variant, role);
            }
        }
    }

    /// Returns whether the variant that ends here is a pattern, as in `Event::A { .. } =>`.
    pub(super) fn is_pattern(&self, end: usize) -> bool {
        if self.syntax.family() != Family::Rust {
            return false;
        }
        let mut rest = self.text[end..].trim_ascii_start();
        if rest.first() == Some(&b'{') {
            let mut open = 0_usize;
            let close = rest.iter().position(|byte| {
                match byte {
                    b'{' => open += 1,
                    b'}' => open -= 1,
                    _ => {}
                }
                open == 0
            });
            let Some(close) = close else { return false };
            rest = rest[close + 1..].trim_ascii_start();
        }
        let is_alternative = rest.starts_with(b"|") && !rest.starts_with(b"||");
        let is_let = rest.starts_with(b"= ");
        rest.starts_with(b"=>") || is_alternative || is_let
    }
}
