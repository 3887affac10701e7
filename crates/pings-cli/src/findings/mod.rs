//! Mistakes and findings of a registry, for the terminal and for other programs.

mod fingerprint;
mod github;
mod json;
mod sarif;

pub(crate) use github::annotations;
pub(crate) use json::items;
pub(crate) use sarif::{log, unreadable_log};

use pings_model::{Level, Lint};
use pings_registry::{Diagnostic, Finding, Lines, Rule, Source, Span};

/// A mistake or a finding.
pub(crate) struct Item<'a> {
    /// The name of the rule or lint.
    pub(crate) name: &'static str,
    pub(crate) rule: Described,
    /// The level that applies.
    pub(crate) level: Level,
    pub(crate) message: &'a str,
    pub(crate) span: Span,
    pub(crate) related: &'a [(Span, String)],
    pub(crate) help: &'a [String],
    /// The reason why the registry suppresses the item.
    pub(crate) suppressed: Option<&'a str>,
}

impl<'a> Item<'a> {
    /// Creates an item for a mistake.
    pub(crate) fn mistake(diagnostic: &'a Diagnostic<Rule>) -> Self {
        let rule = diagnostic.rule;
        Self::new(rule.name(), Described::Rule(rule), Level::Deny, diagnostic)
    }

    /// Creates an item for a finding.
    pub(crate) fn finding(finding: &'a Finding) -> Self {
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
    fn whole_message(&self) -> String {
        let mut message = self.message.to_owned();
        for help in self.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        message
    }
}

/// The rule or lint that a diagnostic belongs to.
#[derive(Clone, Copy)]
pub(crate) enum Described {
    /// A rule that every registry must follow.
    Rule(Rule),
    /// A lint.
    Lint(Lint),
}

/// The text of a registry, which maps spans to lines and columns.
pub(crate) struct Places<'a> {
    pub(crate) file: &'a str,
    text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Places<'a> {
    pub(crate) fn of(source: Source<'a>) -> Self {
        Self {
            file: source.name,
            text: source.text,
            lines: Lines::of(source.text),
        }
    }

    fn of_span(&self, span: Span) -> Place {
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
struct Place {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
}
