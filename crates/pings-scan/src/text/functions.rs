//! Uses of the functions of the generated client.

use std::collections::BTreeMap;

use memchr::memmem;

use super::template::{expressions, is_called};
use super::{Raw, Search};
use crate::lexer::{Kind, all_words, is_word};
use crate::module::{Import, Local};
use crate::names::Hit;
use crate::ranges::is_within;
use crate::site::{Doubt, Role};

impl Search<'_> {
    /// Returns whether the file may import functions of the generated client.
    pub(super) fn may_use_functions(&self) -> bool {
        let has = |word: &str| memmem::find(self.text, word.as_bytes()).is_some();
        self.syntax.can_import()
            && (has("import") || has("require") || has("export"))
            && (self.is_for_aliases() || self.hits().iter().any(|hit| self.is_function(*hit)))
    }

    /// Returns whether the search is for functions that are exported under other names.
    fn is_for_aliases(&self) -> bool {
        !std::ptr::eq(self.functions, self.names.client().functions())
    }

    /// Returns whether a hit is the name of a function.
    fn is_function(&self, hit: Hit) -> bool {
        let Some(length) = hit.pattern.function else {
            return false;
        };
        let after = self.text.get(hit.start + length).copied();
        !self.before(hit.start).is_some_and(is_word) && !after.is_some_and(is_word)
    }

    /// Records the uses of imported names that may be functions of the generated client.
    pub(super) fn functions(&mut self) {
        if self.may_use_functions() {
            self.imported();
            if self.script.is_incomplete {
                self.undecided();
            }
        }
    }

    /// Records the uses of imported names.
    pub(super) fn imported(&mut self) {
        self.read();
        for (at, import) in std::mem::take(&mut self.script.module.uses) {
            self.used(at, import);
        }
        if self.syntax.is_component() {
            let locals = std::mem::take(&mut self.script.module.locals);
            self.in_template(&locals);
        }
    }

    fn used(&mut self, at: usize, import: Import) {
        if let Some(role) = self.role(at) {
            self.raw.push(Raw::Use(at, import, role));
        }
    }

    /// Records the exports of names that may be functions of the generated client.
    pub(super) fn exports(&mut self) {
        for export in std::mem::take(&mut self.script.module.exports) {
            let imported = export.import.as_ref().and_then(|import| import.path.last());
            if export.name.is_some() && imported.is_some_and(|name| self.functions.contains(name)) {
                self.raw.push(Raw::Export(export));
            }
        }
    }

    /// Records the uses of imported names in the template around a script: calls and values in its
    /// expressions.
    fn in_template(&mut self, locals: &[Local]) {
        let locals = locals.iter().map(|local| (local.name.as_bytes(), local));
        let locals: BTreeMap<&[u8], &Local> = locals.collect();
        if locals.is_empty() {
            return;
        }
        let text = self.text;
        let is_vue = !self.path.ends_with(".svelte") && !self.path.ends_with(".astro");
        let code = expressions(text, &self.script.blocks, is_vue);
        for (place, word) in all_words(text) {
            let Some(local) = locals.get(word) else {
                continue;
            };
            let before = text[..place].last();
            if self.script.covers(place) || before.is_some_and(|byte| b".-/".contains(byte)) {
                continue;
            }
            let end = place + word.len();
            let (at, import) = match member(&text[end..]) {
                Some((length, member)) if self.functions.contains(&member) => {
                    (end + length, local.import.member(&member))
                }
                _ => (place, local.import.clone()),
            };
            let behind = &text[at + first_word(&text[at..]).len()..];
            let token = self.token(place).map(|token| token.kind);
            let is_used = match token {
                Some(Kind::Comment) => is_called(behind),
                _ => {
                    is_within(&code, place) && (is_called(behind) || is_value(text, place, behind))
                }
            };
            if is_used && import.path.iter().any(|name| self.functions.contains(name)) {
                self.used(at, import);
            }
        }
    }

    /// Records calls of functions in JavaScript that cannot be parsed as undecided.
    fn undecided(&mut self) {
        for hit in self.hits().to_vec() {
            let Some(length) = hit.pattern.function.filter(|_| self.is_function(hit)) else {
                continue;
            };
            let end = hit.start + length;
            if self.script.covers(hit.start) || !is_called(&self.text[end..]) {
                continue;
            }
            let name = String::from_utf8_lossy(&self.text[hit.start..end]);
            let found = self.names.client().event(&name);
            if let Some((event, form)) = found
                && let Some(role) = self.role(hit.start)
            {
                let role = match role {
                    Role::Code => Role::Unclear(Doubt::Syntax),
                    other => other,
                };
                self.mention(hit.start, event, form, role);
            }
        }
    }
}

/// Returns whether a name in an expression is a value, and neither a key nor the end of a longer
/// expression.
fn is_value(text: &[u8], at: usize, behind: &[u8]) -> bool {
    let Some(before) = text[..at].trim_ascii_end().last() else {
        return false;
    };
    let is_key = b"{,".contains(before) && behind.trim_ascii_start().first() == Some(&b':');
    b"\"'`{[(,=:?!&|".contains(before) && !is_key
}

/// Returns the name after `.` or `?.`, with the length of the mark.
fn member(behind: &[u8]) -> Option<(usize, String)> {
    let length = match behind {
        [b'.', ..] => 1,
        [b'?', b'.', ..] | [b'!', b'.', ..] => 2,
        _ => return None,
    };
    Some((length, first_word(&behind[length..])))
}

/// Returns the word at the beginning of a text.
fn first_word(text: &[u8]) -> String {
    let length = text.iter().take_while(|byte| is_word(**byte)).count();
    String::from_utf8_lossy(&text[..length]).into_owned()
}
