//! Finds `considerations` texts with an open question.

use pings_model::Lint;

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;
use crate::place;

const MARKS: &[&str] = &["TODO", "TBD", "FIXME", "XXX"];

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        let considerations = ping.considerations.as_deref().unwrap_or_default();
        let Some((start, mark)) = first_mark(considerations) else {
            continue;
        };
        let place = match subject.ping(at).get("considerations") {
            Some(node) => place::within(subject.text, node, start, start + mark.len()),
            None => subject.ping(at).head(),
        };
        let message = format!("the considerations of `{}` contain a {mark}", ping.id);
        let diagnostic = Diagnostic::new(Lint::TodoInConsiderations, place, message)
            .label("an open question on the documentation page")
            .help("answer it, or file an issue and link it");
        found.add(Site::Ping(at), diagnostic);
    }
}

/// Returns the first marker that is a separate word, and its position.
fn first_mark(text: &str) -> Option<(usize, &'static str)> {
    let is_word = |start: usize, end: usize| {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        !text[..start].ends_with(is_part) && !text[end..].starts_with(is_part)
    };
    MARKS
        .iter()
        .filter_map(|mark| {
            text.match_indices(mark)
                .map(|(start, _)| start)
                .find(|start| is_word(*start, start + mark.len()))
                .map(|start| (start, *mark))
        })
        .min()
}
