//! Variants of enums of events, where they are made.

use memchr::memmem;

use super::Search;
use crate::language::Language;
use crate::lexer::{is_word, last_word};
use crate::names::Hit;

impl Search<'_> {
    /// Whether it is written as a variant of an enum of events.
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
            path.is_some_and(|path| self.names.is_enum(last_word(path)))
        };
        if of_enum(before.trim_ascii_end()) {
            return true;
        }
        // `use events::Event::{A, B}` makes them names by themselves, and so does `Event::*`.
        self.language == Language::Rust && self.is_imported(before, hit)
    }

    /// Whether the file imports the variant by its bare name.
    fn is_imported(&self, before: &[u8], hit: Hit) -> bool {
        let name = &self.text[hit.start..hit.end];
        if before.ends_with(b"::") || before.ends_with(b".") {
            return false;
        }
        let mut from = 0;
        while let Some(at) = memmem::find(&self.text[from..], b"::").map(|at| from + at) {
            from = at + 2;
            if !self.names.is_enum(last_word(&self.text[..at])) {
                continue;
            }
            let rest = &self.text[from..];
            if rest.starts_with(b"*;") {
                return true;
            }
            if let Some(list) = rest.strip_prefix(b"{") {
                let end = memchr::memchr(b'}', list).unwrap_or(list.len());
                // The list imports; it fires nothing.
                let is_inside = hit.start > from && hit.start < from + 1 + end;
                let mut names = list[..end].split(|byte| *byte == b',');
                if !is_inside && names.any(|it| it.trim_ascii() == name) {
                    return true;
                }
            }
        }
        false
    }

    /// Whether what ends there is matched against, rather than made: `Event::A { .. } =>`.
    pub(super) fn is_pattern(&self, end: usize) -> bool {
        if self.language != Language::Rust {
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
