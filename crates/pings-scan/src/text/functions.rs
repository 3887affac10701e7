//! Uses of the functions of the generated client.

use memchr::memmem;

use super::imports::words;
use super::{Raw, Search};
use crate::lexer::is_word;
use crate::module::{Export, Import, Local};
use crate::names::Hit;
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
            for local in std::mem::take(&mut self.script.module.locals) {
                self.in_template(&local);
            }
        }
    }

    fn used(&mut self, at: usize, import: Import) {
        if let Some(role) = self.role(at) {
            self.raw.push(Raw::Use(at, import, role));
        }
    }

    /// Returns the exports of functions of the generated client under other names.
    pub(super) fn aliases(&mut self) -> Vec<Export> {
        let functions = self.functions;
        let is_alias = |export: &Export| {
            let imported = export.import.as_ref().and_then(|import| import.path.last());
            imported.is_some_and(|imported| functions.contains(imported))
                && imported != export.name.as_ref()
        };
        let exports = std::mem::take(&mut self.script.module.exports).into_iter();
        exports.filter(is_alias).collect()
    }

    /// Records the uses of an imported name in the template around a script: calls, and values in
    /// quotes or brackets.
    fn in_template(&mut self, local: &Local) {
        let text = self.text;
        for place in words(text, local.name.as_bytes()) {
            let before = text[..place].last();
            if self.script.covers(place) || before.is_some_and(|byte| b".-/".contains(byte)) {
                continue;
            }
            let end = place + local.name.len();
            let member = text[end..].strip_prefix(b".").map(first_word);
            let (at, import) = match member {
                Some(member) if self.functions.contains(&member) => {
                    (end + 1, local.import.member(&member))
                }
                _ => (place, local.import.clone()),
            };
            let is_call = text[at..].get(first_word(&text[at..]).len()) == Some(&b'(');
            let before = text[..place].trim_ascii_end().last();
            let is_value = before.is_some_and(|byte| b"\"'`{[(,=:?!&|".contains(byte));
            let is_used = import.path.iter().any(|name| self.functions.contains(name));
            if is_used && (is_call || is_value) {
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
            if self.script.covers(hit.start) || self.text.get(end) != Some(&b'(') {
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

/// Returns the word at the beginning of a text.
fn first_word(text: &[u8]) -> String {
    let length = text.iter().take_while(|byte| is_word(**byte)).count();
    String::from_utf8_lossy(&text[..length]).into_owned()
}
