//! Insertion of an event and a ping into the text of a registry.
//!
//! The rest of the text is unchanged: comments, blank lines, quotes, line endings and indentation
//! are kept.

use std::fmt;
use std::ops::Range;

use pings_model::{EventId, Registry, Source};

use crate::outline::{Outline, Section, outline};

/// An entry to add, in both YAML styles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The lines in block style, indented by two spaces per level, starting at column 0. The first
    /// line of an event is its name, and the first line of a ping is its first key.
    pub lines: Vec<String>,
    /// The same entry on one line, for a registry in flow style: `Name: {…}`, `{id: …}`.
    pub flow: String,
}

/// The reason why nothing was added.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsertError {
    /// The text is not a registry.
    NoRegistry,
    /// The text is written in a way that an insertion would change existing content.
    Entangled,
}

impl fmt::Display for InsertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoRegistry => "this is not a registry",
            Self::Entangled => "nothing can be added here without changing existing text",
        })
    }
}

impl std::error::Error for InsertError {}

/// Returns the text with a ping appended to the pings and, if given, an event appended to the
/// events.
///
/// The result is not checked; see [`keeps`].
///
/// # Errors
///
/// Returns an error if the text is not a YAML mapping.
pub fn insert(text: &str, event: Option<&Block>, ping: &Block) -> Result<String, InsertError> {
    let outline = outline(text)
        .filter(|outline| !outline.keys.is_empty())
        .ok_or(InsertError::NoRegistry)?;
    let newline = match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    };
    let unbroken = outline.pings.is_none() && !text.ends_with('\n');
    let text = match unbroken {
        true => &format!("{text}{newline}"),
        false => text,
    };
    let mut edits = match &outline.pings {
        Some(pings) => addition(text, pings, ping, true, newline),
        None => vec![first_ping(text, ping, newline)],
    };
    if let Some(event) = event {
        edits.extend(match &outline.events {
            Some(events) => addition(text, events, event, false, newline),
            None => vec![new_section(text, &outline, event, newline)],
        });
    }
    // Edits are applied from the end, so that earlier positions stay valid. If both are inserted at
    // the end of the text, the ping is inserted first, so that the event comes before it.
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.at.start));
    let mut out = text.to_owned();
    for edit in edits {
        out.replace_range(edit.at, &edit.text);
    }
    Ok(out)
}

/// A replacement of a range, which may be empty.
struct Edit {
    at: Range<usize>,
    text: String,
}

impl Edit {
    fn insert(at: usize, text: String) -> Self {
        Self { at: at..at, text }
    }
}

/// Returns whether the new registry is the old one with exactly one ping and at most one event
/// appended.
#[must_use]
pub fn keeps(old: &Registry, new: &Registry) -> bool {
    let mut without = new.parts().clone();
    without.events.truncate(old.events().len());
    without.pings.truncate(old.pings().len());
    let metrics = without.pings.iter_mut().flat_map(|ping| &mut ping.metrics);
    for metric in metrics {
        if let Source::Events(metric) = &mut metric.source {
            // `any` and prefixes include the new event.
            let is_old = |event: &EventId| event.0 < old.events().len();
            metric.of.retain(is_old);
            metric
                .event_filters
                .iter_mut()
                .for_each(|it| it.events.retain(is_old));
        }
    }
    without == *old.parts()
        && new.events().len() - old.events().len() <= 1
        && new.pings().len() == old.pings().len() + 1
}

/// Returns the edits that add a block to a section.
fn addition(
    text: &str,
    section: &Section,
    block: &Block,
    is_list: bool,
    newline: &str,
) -> Vec<Edit> {
    let begins_line = start_of_line(text, section.key.start) == section.key.start;
    if section.is_flow && section.parts.is_empty() && begins_line {
        // Empty brackets are replaced with a list in block style.
        let after_colon = text[..section.value.start].trim_end().len();
        let close = end_of_brackets(text, section.value.start);
        let lines = indented(block, "  ", is_list, newline);
        return vec![
            Edit {
                at: after_colon..close,
                text: String::new(),
            },
            Edit::insert(end_of_line(text, close), format!("{newline}{lines}")),
        ];
    }
    if section.is_flow {
        let close = section.value.end.saturating_sub(1);
        let comma = if section.parts.is_empty() { "" } else { ", " };
        // Insert after the last part, before the whitespace that precedes the closing bracket.
        let at = section.parts.last().map_or(close, |part| part.whole.end);
        return vec![Edit::insert(at, format!("{comma}{}", block.flow))];
    }
    let Some(last) = section.parts.last() else {
        let at = end_of_line(text, section.key.end);
        let lines = indented(block, "  ", is_list, newline);
        return vec![Edit::insert(at, format!("{newline}{lines}"))];
    };
    let start_of = |start: usize| {
        if is_list {
            dash_before(text, start)
        } else {
            start
        }
    };
    let start = start_of(last.whole.start);
    let indent = &text[start_of_line(text, start)..start];
    let end = behind_comments(text, end_of_line(text, last.whole.end), indent.len());
    let is_apart = match section.parts.iter().rev().nth(1) {
        Some(before) => has_blank_line(&text[before.whole.end..start]),
        None => is_list && text[start..last.whole.end].contains('\n'),
    };
    let blank = if is_apart { newline } else { "" };
    let lines = indented(block, indent, is_list, newline);
    vec![Edit::insert(end, format!("{newline}{blank}{lines}"))]
}

/// Returns an edit that adds `pings` to the end of a registry without pings.
fn first_ping(text: &str, block: &Block, newline: &str) -> Edit {
    let lines = indented(block, "  ", true, newline);
    Edit::insert(
        text.len(),
        format!("{newline}pings:{newline}{lines}{newline}"),
    )
}

/// Returns an edit that adds `events` before the section that usually follows it.
fn new_section(text: &str, outline: &Outline, block: &Block, newline: &str) -> Edit {
    let follows = |name: &str| name == "tables" || name == "pings";
    let key = outline.keys.iter().find(|(name, _)| follows(name));
    let Some((_, key)) = key else {
        // Both are inserted at the end of the text, with the first ping after this section.
        let lines = indented(block, "  ", false, newline);
        return Edit::insert(
            text.len(),
            format!("{newline}events:{newline}{lines}{newline}"),
        );
    };
    let mut at = start_of_line(text, key.start);
    // A comment above a section belongs to the section.
    while at > 0 {
        let before = start_of_line(text, at - 1);
        if !text[before..at].trim_start().starts_with('#') {
            break;
        }
        at = before;
    }
    let lines = indented(block, "  ", false, newline);
    Edit::insert(at, format!("events:{newline}{lines}{newline}{newline}"))
}

fn indented(block: &Block, indent: &str, is_list: bool, newline: &str) -> String {
    let mut out = String::new();
    for (number, line) in block.lines.iter().enumerate() {
        if number > 0 {
            out.push_str(newline);
        }
        let mark = match (is_list, number) {
            (false, _) => "",
            (true, 0) => "- ",
            (true, _) => "  ",
        };
        out.push_str(indent);
        out.push_str(mark);
        out.push_str(line);
    }
    out
}

/// Returns the position after a pair of brackets that contains only whitespace and comments.
fn end_of_brackets(text: &str, open: usize) -> usize {
    let mut is_comment = false;
    let close = text[open..].char_indices().find(|(_, c)| {
        is_comment = match c {
            '#' => true,
            '\n' => false,
            _ => is_comment,
        };
        !is_comment && matches!(c, ']' | '}')
    });
    close.map_or(open, |(at, _)| open + at + 1)
}

fn start_of_line(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Returns the end of the line without its line break.
fn end_of_line(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    if text[at..end].ends_with('\r') {
        end - 1
    } else {
        end
    }
}

/// Returns the position of the dash of a list item.
fn dash_before(text: &str, start: usize) -> usize {
    let before = text[..start].trim_end();
    if before.ends_with('-') {
        before.len() - 1
    } else {
        start
    }
}

/// Returns the position after the comments that directly follow and have at least the same
/// indentation. These comments belong to the entry above.
fn behind_comments(text: &str, end: usize, indent: usize) -> usize {
    let mut end = end;
    while let Some(newline) = text[end..].find('\n').map(|found| end + found) {
        let next = newline + 1;
        let line = &text[next..end_of_line(text, next)];
        let depth = line.len() - line.trim_start().len();
        if !line.trim_start().starts_with('#') || depth < indent.max(1) {
            break;
        }
        end = next + line.len();
    }
    end
}

fn has_blank_line(between: &str) -> bool {
    let mut lines: Vec<&str> = between.split('\n').skip(1).collect();
    // The last piece is the indentation of the following line.
    lines.pop();
    lines.iter().any(|line| line.trim().is_empty())
}

#[cfg(test)]
mod tests;
