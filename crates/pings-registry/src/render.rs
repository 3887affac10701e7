//! How mistakes look: as rustc's do, with the place and what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use pings_model::Level as LintLevel;

use crate::diagnostic::Diagnostic;
use crate::lints::Finding;
use crate::source::{Source, Span};

/// Lines longer than this are cut by the renderer around the place.
const WIDTH: usize = 120;

/// The text of one mistake, without a line break at its end.
#[must_use]
pub fn render(source: Source<'_>, diagnostic: &Diagnostic, colour: bool) -> String {
    titled(
        source,
        &Level::ERROR,
        diagnostic,
        diagnostic.rule.name(),
        colour,
    )
}

/// The text of one finding, without a line break at its end.
#[must_use]
pub fn render_finding(source: Source<'_>, finding: &Finding, colour: bool) -> String {
    let level = match finding.level {
        LintLevel::Deny => Level::ERROR,
        LintLevel::Warn | LintLevel::Allow => Level::WARNING,
    };
    let diagnostic = &finding.diagnostic;
    titled(source, &level, diagnostic, diagnostic.rule.name(), colour)
}

fn titled<R>(
    source: Source<'_>,
    level: &Level<'_>,
    diagnostic: &Diagnostic<R>,
    name: &str,
    colour: bool,
) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Every mistake is rendered by itself, so only the lines it points at are handed over.
    let excerpt = Excerpt::of(source, diagnostic);
    let mut primary = AnnotationKind::Primary.span(excerpt.range(diagnostic.span));
    if let Some(label) = &diagnostic.label {
        primary = primary.label(label.as_str());
    }
    let related = diagnostic.related.iter().map(|(span, label)| {
        AnnotationKind::Context
            .span(excerpt.range(*span))
            .label(label.as_str())
    });
    let snippet = Snippet::source(excerpt.text)
        .line_start(excerpt.first_line)
        .path(source.name)
        .annotation(primary)
        .annotations(related);
    let title = level
        .clone()
        .primary_title(diagnostic.message.as_str())
        .id(name);
    let help = diagnostic
        .help
        .iter()
        .map(|help| Level::HELP.message(help.as_str()));
    let report = [title.element(snippet).elements(help)];
    renderer.term_width(WIDTH).render(&report as &[Group<'_>])
}

/// The lines from the first place to the last.
struct Excerpt<'a> {
    text: &'a str,
    start: usize,
    first_line: usize,
}

impl<'a> Excerpt<'a> {
    fn of<R>(source: Source<'a>, diagnostic: &Diagnostic<R>) -> Self {
        let spans =
            || std::iter::once(diagnostic.span).chain(diagnostic.related.iter().map(|r| r.0));
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
