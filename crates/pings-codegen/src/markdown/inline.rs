//! Prose that keeps its inline Markdown.

use super::spans::{code_at, run};
use super::{code, entity, link, literal};
use crate::text::one_line;

/// Returns the prose in one line, with its code, emphasis and links. HTML is shown as text, and an
/// unclosed span cannot affect the text after it.
#[must_use]
pub fn inline(text: &str) -> String {
    line(&one_line(text))
}

fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some((markdown, length)) = whole(rest) {
            out.push_str(&markdown);
            rest = &rest[length..];
            continue;
        }
        // A browser would fetch an image when the page is opened.
        let is_image = rest.starts_with("![");
        match is_image || matches!(c, '[' | '<' | '$' | '\\' | '{' | '}') {
            true => literal(c, &mut out),
            false => out.push(c),
        }
        rest = &rest[c.len_utf8()..];
    }
    out
}

/// Returns an element that is kept as a whole, with its length: code, an escape, a link, an
/// address.
fn whole(text: &str) -> Option<(String, usize)> {
    match text.chars().next()? {
        '`' => Some(code_or_backticks(text)),
        '\\' => escape(text),
        '[' => inline_link(text),
        '<' => address(text),
        _ => None,
    }
}

/// Returns code, or escaped backticks if they do not begin code.
fn code_or_backticks(text: &str) -> (String, usize) {
    match code_at(text) {
        Some((inside, length)) => (code(inside), length),
        None => ("\\`".repeat(run(text)), run(text)),
    }
}

/// Returns an escaped character, such as `\*`. A `|` needs escaping only in a table, where
/// [`cell`](super::cell) adds it.
fn escape(text: &str) -> Option<(String, usize)> {
    let escaped = text.chars().nth(1).filter(char::is_ascii_punctuation)?;
    let markdown = match escaped {
        '|' => "|".to_owned(),
        '<' | '&' | '$' | '~' | ':' | '=' | '{' | '}' => entity(escaped),
        _ => format!("\\{escaped}"),
    };
    Some((markdown, 2))
}

/// Returns a link in the form `[label](address)`.
fn inline_link(text: &str) -> Option<(String, usize)> {
    let (label, rest) = text.strip_prefix('[')?.split_once("](")?;
    let (target, _) = rest.split_once(')')?;
    let length = label.len() + target.len() + "[]()".len();
    let is_simple = !label.trim().is_empty()
        && !label.contains(['[', ']'])
        && !target.contains([' ', '(', '<', '`', '\\']);
    let label = line(label);
    // A backtick that the label does not close could be closed in the address.
    if !is_simple || label.contains("\\`") {
        return None;
    }
    let markdown = link(&label, Some(target));
    markdown.starts_with('[').then_some((markdown, length))
}

/// Returns an address in the form `<https://…>`.
fn address(text: &str) -> Option<(String, usize)> {
    let (target, _) = text.strip_prefix('<')?.split_once('>')?;
    let is_web = ["https://", "http://"]
        .iter()
        .any(|scheme| target.starts_with(scheme));
    let is_whole = is_web && !target.contains(['<', ' ', '\\', '|', '`']);
    is_whole.then(|| (format!("<{target}>"), target.len() + "<>".len()))
}
