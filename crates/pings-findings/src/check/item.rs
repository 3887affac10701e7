//! A mistake or a finding of a registry, and its position in the text.

use pings_model::{Level, Lint};
use pings_registry::{Diagnostic, Finding, Lines, Rule, Source, Span};

/// A mistake or a finding.
#[derive(Debug)]
pub struct Item<'a> {
    /// The name of the rule or lint.
    pub name: &'static str,
    /// The rule or lint.
    pub rule: Described,
    /// The level that applies.
    pub level: Level,
    /// The message, without the help.
    pub message: &'a str,
    /// The place in the text.
    pub span: Span,
    /// Other places with a label each.
    pub related: &'a [(Span, String)],
    /// The help, a line each.
    pub help: &'a [String],
    /// The reason why the registry suppresses the item.
    pub suppressed: Option<&'a str>,
}

impl<'a> Item<'a> {
    /// Creates an item for a mistake.
    #[must_use]
    pub fn mistake(diagnostic: &'a Diagnostic<Rule>) -> Self {
        let rule = diagnostic.rule;
        Self::new(rule.name(), Described::Rule(rule), Level::Deny, diagnostic)
    }

    /// Creates an item for a finding.
    #[must_use]
    pub fn finding(finding: &'a Finding) -> Self {
        let diagnostic = &finding.diagnostic;
        let lint = diagnostic.rule;
        Self {
            suppressed: finding.suppressed.as_deref(),
            ..Self::new(
                lint.name(),
                Described::Lint(lint),
                finding.level,
                diagnostic,
            )
        }
    }

    fn new<R>(
        name: &'static str,
        rule: Described,
        level: Level,
        diagnostic: &'a Diagnostic<R>,
    ) -> Self {
        Self {
            name,
            rule,
            level,
            message: &diagnostic.message,
            span: diagnostic.span,
            related: &diagnostic.related,
            help: &diagnostic.help,
            suppressed: None,
        }
    }

    /// Returns the message and the help, in separate lines.
    pub(super) fn whole_message(&self) -> String {
        let mut message = self.message.to_owned();
        for help in self.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        message
    }
}

/// The rule or lint that a diagnostic belongs to.
#[derive(Clone, Copy, Debug)]
pub enum Described {
    /// A rule that every registry must follow.
    Rule(Rule),
    /// A lint.
    Lint(Lint),
}

/// The text of a registry, which maps spans to lines and columns.
pub struct Places<'a> {
    /// The name of the file.
    pub file: &'a str,
    pub(super) text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Places<'a> {
    /// Prepares the text of a registry.
    #[must_use]
    pub fn of(source: Source<'a>) -> Self {
        Self {
            file: source.name,
            text: source.text,
            lines: Lines::of(source.text),
        }
    }

    pub(super) fn of_span(&self, span: Span) -> Place {
        let (line, column) = self.lines.line_and_column(span.start);
        let (end_line, end_column) = self.lines.line_and_column(span.end.max(span.start));
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }
}

/// A range of characters, exclusive at the end, with lines and columns from 1.
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    pub(super) end_column: usize,
}
