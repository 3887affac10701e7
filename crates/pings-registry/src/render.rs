//! How mistakes look: as rustc's do, with the place and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use pings_model::Level as LintLevel;

use crate::diagnostic::Diagnostic;
use crate::lints::Finding;
use crate::source::{Source, Span};

/// Lines longer than this are cut by the renderer around the place.
const WIDTH: usize = 120;

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// It must be mended.
    Error,
    /// It should be looked at.
    Warning,
    /// It is good to know.
    Note,
}

/// Something to say of a place in a registry.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// How grave it is.
    pub severity: Severity,
    /// The name of the rule, lint or kind that it comes from.
    pub id: &'a str,
    /// What there is to say, in one line.
    pub text: &'a str,
    /// The place.
    pub span: Span,
    /// What to say at that place.
    pub label: Option<&'a str>,
    /// Other places that matter.
    pub related: &'a [(Span, String)],
    /// What else to know.
    pub notes: Vec<&'a str>,
    /// What to do about it.
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

/// The text of one mistake, without a line break at its end.
#[must_use]
pub fn render(source: Source<'_>, diagnostic: &Diagnostic, colour: bool) -> String {
    render_message(source, &Message::from(diagnostic), colour)
}

/// The text of one finding, without a line break at its end.
#[must_use]
pub fn render_finding(source: Source<'_>, finding: &Finding, colour: bool) -> String {
    render_message(source, &Message::from(finding), colour)
}

/// The text of one message, without a line break at its end.
#[must_use]
pub fn render_message(source: Source<'_>, message: &Message<'_>, colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Every message is rendered by itself, so only the lines it points at are handed over.
    let excerpt = Excerpt::of(source, message);
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

/// The lines from the first place to the last.
struct Excerpt<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Excerpt<'a> {
    fn of(source: Source<'a>, message: &Message<'_>) -> Self {
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
            first_line: source.line_and_column(start).0,
        }
    }

    fn range(&self, span: Span) -> std::ops::Range<usize> {
        let start = span.start.saturating_sub(self.start).min(self.text.len());
        let end = span.end.saturating_sub(self.start).min(self.text.len());
        start..end.max(start)
    }
}
