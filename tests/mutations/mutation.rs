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

    /// What stands there before and after, each in a line that is not too long to look at and shows
    /// where they differ.
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

/// Texts in a line; what is put behind a key, without its colon.
fn line<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let lines = texts.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    let lines = lines.map(|line| line.strip_prefix(": ").unwrap_or(&line).to_owned());
    let said: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    said.join("; ")
}

/// Of a long text a part, which begins shortly before a character.
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
