//! A single mistake in a registry: its kind, its location, and the resulting text.

use pings_registry::Span;

use crate::part::{Part, Parts};

/// A single mistake in a registry.
pub struct Mutation {
    /// The kind of mistake, such as `shift version: minor up`.
    pub operator: String,
    /// The location, such as `pings.insight_hovers.metrics[0].code`.
    pub place: String,
    /// The field, which is the same for all such locations: `pings.metrics.code`.
    pub field: String,
    edits: Vec<Edit>,
}

/// A replacement of the text in a span.
struct Edit {
    span: Span,
    text: String,
}

impl Mutation {
    pub fn new(operator: impl Into<String>, part: &Part) -> Self {
        Self {
            operator: operator.into(),
            place: part.place.clone(),
            field: part.field.clone(),
            edits: Vec::new(),
        }
    }

    /// Replaces the text in a span.
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.edits.push(Edit { span, text });
        self
    }

    /// Inserts a text.
    pub fn insert(self, at: usize, text: impl Into<String>) -> Self {
        self.edit(Span { start: at, end: at }, text)
    }

    /// Swaps the texts in two spans.
    pub fn swap(self, parts: &Parts<'_>, one: Span, other: Span) -> Self {
        self.edit(one, parts.slice(other))
            .edit(other, parts.slice(one))
    }

    /// Returns the kind of mistake, without its size and direction.
    pub fn kind(&self) -> &str {
        self.operator.split(':').next().unwrap_or_default()
    }

    /// Returns the registry's text with the mistake.
    pub fn apply(&self, text: &str) -> String {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        // Starts with the last span, so that the spans of the other edits stay valid.
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut out = text.to_owned();
        for Edit { span, text } in edits {
            out.replace_range(span.start..span.end, text);
        }
        out
    }

    /// Returns the text before and after the mutation, each as a line that is shortened to the part
    /// with the first difference.
    pub fn told(&self, text: &str) -> (String, String) {
        let before = self
            .edits
            .iter()
            .map(|it| &text[it.span.start..it.span.end]);
        let before = line(before);
        let after = line(self.edits.iter().map(|it| it.text.as_str()));
        let alike = before.chars().zip(after.chars());
        let alike = alike.take_while(|(was, is)| was == is).count();
        (shown(&before, alike), shown(&after, alike))
    }
}

/// Joins texts to a single line. A value that includes the colon after its key is shown without the
/// colon.
fn line<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let lines = texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines = lines.map(|line| line.strip_prefix(": ").unwrap_or(&line).to_owned());
    let said: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    said.join("; ")
}

/// Shortens a long text to a part that starts shortly before the character at the index `at`.
fn shown(text: &str, at: usize) -> String {
    const SHOWN: usize = 60;
    let length = text.chars().count();
    if length <= SHOWN {
        return text.to_owned();
    }
    let skipped = at.saturating_sub(SHOWN / 3).min(length - SHOWN);
    let part: String = text.chars().skip(skipped).take(SHOWN).collect();
    let (before, behind) = (skipped > 0, skipped + SHOWN < length);
    let mark = |is_cut: bool| if is_cut { "…" } else { "" };
    format!("{}{part}{}", mark(before), mark(behind))
}
