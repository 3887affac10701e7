//! Rendering of messages in the style of rustc, with location and help.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use pings_model::Level as LintLevel;

use crate::diagnostic::Diagnostic;
use crate::lints::Finding;
use crate::source::{Lines, Source, Span};

/// The renderer shortens longer lines around the location.
const WIDTH: usize = 120;

/// The severity of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A problem that must be fixed.
    Error,
    /// A problem that should be reviewed.
    Warning,
    /// Information.
    Note,
}

/// A message about a location in a registry.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// The severity.
    pub severity: Severity,
    /// The name of the rule, lint or kind of change that produced the message.
    pub id: &'a str,
    /// The text, in one line.
    pub text: &'a str,
    /// The location.
    pub span: Span,
    /// An explanation at the location.
    pub label: Option<&'a str>,
    /// Related locations.
    pub related: &'a [(Span, String)],
    /// Additional information.
    pub notes: Vec<&'a str>,
    /// Suggestions for a fix.
    pub help: Vec<&'a str>,
}

impl<'a> From<&'a Diagnostic> for Message<'a> {
    fn from(diagnostic: &'a Diagnostic) -> Self {
        message(Severity::Error, diagnostic.rule.name(), diagnostic)
    }
}

impl<'a> From<&'a Finding> for Message<'a> {
    fn from(finding: &'a Finding) -> Self {
        let severity = match finding.level {
            LintLevel::Deny => Severity::Error,
            LintLevel::Warn | LintLevel::Allow => Severity::Warning,
        };
        let diagnostic = &finding.diagnostic;
        message(severity, diagnostic.rule.name(), diagnostic)
    }
}

fn message<'a, R>(severity: Severity, id: &'a str, diagnostic: &'a Diagnostic<R>) -> Message<'a> {
    Message {
        severity,
        id,
        text: &diagnostic.message,
        span: diagnostic.span,
        label: diagnostic.label.as_deref(),
        related: &diagnostic.related,
        notes: Vec::new(),
        help: diagnostic.help.iter().map(String::as_str).collect(),
    }
}

/// Renders a diagnostic, without a trailing line break.
#[must_use]
pub fn render(source: Source<'_>, diagnostic: &Diagnostic, colour: bool) -> String {
    render_message(source, &Message::from(diagnostic), colour)
}

/// Renders a lint finding, without a trailing line break.
#[must_use]
pub fn render_finding(source: Source<'_>, finding: &Finding, colour: bool) -> String {
    render_message(source, &Message::from(finding), colour)
}

/// Renders a message, without a trailing line break.
#[must_use]
pub fn render_message(source: Source<'_>, message: &Message<'_>, colour: bool) -> String {
    rendered(source, message, colour, |byte| {
        source.line_and_column(byte).0
    })
}

/// Renders one of many messages about a text like [`render_message`]. The time does not grow with
/// the text.
#[must_use]
pub fn render_in(name: &str, lines: &Lines<'_>, message: &Message<'_>, colour: bool) -> String {
    let text = lines.text();
    let line = |byte| lines.line_and_column(byte).0;
    rendered(Source { name, text }, message, colour, line)
}

fn rendered(
    source: Source<'_>,
    message: &Message<'_>,
    colour: bool,
    line: impl Fn(usize) -> usize,
) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Every message is rendered separately, so only the lines that it refers to are passed on.
    let excerpt = Excerpt::of(source, message, line);
    let mut primary = AnnotationKind::Primary.span(excerpt.range(message.span));
    if let Some(label) = message.label {
        primary = primary.label(label);
    }
    let related = message.related.iter().map(|(span, label)| {
        AnnotationKind::Context
            .span(excerpt.range(*span))
            .label(label.as_str())
    });
    let snippet = Snippet::source(excerpt.text)
        .line_start(excerpt.first_line)
        .path(source.name)
        .annotation(primary)
        .annotations(related);
    let level = match message.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let title = level.primary_title(message.text).id(message.id);
    let notes = message.notes.iter().map(|note| Level::NOTE.message(*note));
    let help = message.help.iter().map(|help| Level::HELP.message(*help));
    let report = [title.element(snippet).elements(notes).elements(help)];
    renderer.term_width(WIDTH).render(&report as &[Group<'_>])
}

/// The lines from the first to the last location of a message.
struct Excerpt<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Excerpt<'a> {
    fn of(source: Source<'a>, message: &Message<'_>, line: impl Fn(usize) -> usize) -> Self {
        let spans = || std::iter::once(message.span).chain(message.related.iter().map(|r| r.0));
        let first = spans().map(|span| span.start).min().unwrap_or(0);
        let last = spans().map(|span| span.end).max().unwrap_or(0);
        let text = source.text;
        let start = text
            .get(..first)
            .and_then(|before| before.rfind('\n'))
            .map_or(0, |at| at + 1);
        let end = text
            .get(last..)
            .and_then(|after| after.find('\n'))
            .map_or(text.len(), |at| last + at);
        Self {
            text: text.get(start..end).unwrap_or(text),
            start,
            first_line: line(start),
        }
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let start = span.start.saturating_sub(self.start).min(self.text.len());
        let end = span.end.saturating_sub(self.start).min(self.text.len());
        start..end.max(start)
    }
}
