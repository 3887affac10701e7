//! A single mistake in a registry: what it does, where, and the text that it makes.

use pings_registry::Span;

use crate::part::{Part, Parts};

/// A mistake.
pub struct Mutation {
    /// What kind of mistake it is: `shift version: minor up`.
    pub operator: String,
    /// Where: `pings.insight_hovers.metrics[0].code`.
    pub place: String,
    /// What such places have in common: `pings.metrics.code`.
    pub field: String,
    edits: Vec<Edit>,
}

/// A text that stands in another one's place.
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

    /// With a text written otherwise.
    pub fn edit(mut self, span: Span, text: impl Into<String>) -> Self {
        let text = text.into();
        self.edits.push(Edit { span, text });
        self
    }

    /// With a text put in.
    pub fn insert(self, at: usize, text: impl Into<String>) -> Self {
        self.edit(Span { start: at, end: at }, text)
    }

    /// With two texts in each other's place.
    pub fn swap(self, parts: &Parts<'_>, one: Span, other: Span) -> Self {
        self.edit(one, parts.slice(other))
            .edit(other, parts.slice(one))
    }

    /// What kind of mistake it is, whatever the size and the direction.
    pub fn kind(&self) -> &str {
        self.operator.split(':').next().unwrap_or_default()
    }

    /// The registry with the mistake in it.
    pub fn apply(&self, text: &str) -> String {
        let mut edits: Vec<&Edit> = self.edits.iter().collect();
        // From the end, so that the places before stay what they are.
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
        let mut out = text.to_owned();
        for Edit { span, text } in edits {
            out.replace_range(span.start..span.end, text);
        }
        out
    }

    /// What stands there before and after, each in a line.
    pub fn told(&self, text: &str) -> (String, String) {
        let before = self
            .edits
            .iter()
            .map(|it| &text[it.span.start..it.span.end]);
        let after = self.edits.iter().map(|it| it.text.as_str());
        (line(before), line(after))
    }
}

/// Texts in a line that is not too long to look at.
fn line<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    const SHOWN: usize = 60;
    let words: Vec<&str> = texts.flat_map(str::split_whitespace).collect();
    let mut line: String = words.join(" ");
    if line.chars().count() > SHOWN {
        line = line.chars().take(SHOWN).collect();
        line.push('…');
    }
    line
}
