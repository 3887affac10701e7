//! What every step of a check is handed: the text, and where mistakes go.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Span;

/// The text that is checked, and its mistakes so far.
pub(crate) struct Context<'a> {
    pub(crate) text: &'a str,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The names under `functions` that statements call.
    pub(crate) called: BTreeSet<String>,
}

impl Context<'_> {
    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Reports a mistake that needs no more than a line of help.
    pub(crate) fn error(
        &mut self,
        rule: Rule,
        span: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.report(Diagnostic::new(rule, span, message).help(help));
    }
}
