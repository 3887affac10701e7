//! The state that every check step shares: the text and the diagnostics.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::files::Files;
use crate::source::Span;
use crate::tree::Node;

/// The registry text and the diagnostics so far.
pub(crate) struct Context<'a> {
    pub(crate) text: &'a str,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The listed functions that hand-written SQL calls.
    pub(crate) called: BTreeSet<String>,
    /// Reads the files that the registry names.
    pub(crate) files: &'a Files<'a>,
}

impl Context<'_> {
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports an error with a single line of help.
    pub(crate) fn error(
        &mut self,
        rule: Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::new(rule, span, message).help(help));
    }

    /// Reports a key that has no meaning in this mapping, if the key is there.
    pub(crate) fn misplaced(&mut self, node: &Node<'_>, key: &str, why: &str, help: &str) {
        let Some(entry) = node.entry(key) else {
            return;
        };
        self.error(
            Rule::MisplacedKey,
            entry.key_span,
            format!("`{key}` {why}"),
            help,
        );
    }
}
