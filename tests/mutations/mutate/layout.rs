//! Removes quotes, and indents lines by one space more or less.

use pings_registry::{Form, Span};

use super::one_of_each_field;
use crate::mutation::Mutation;
use crate::part::Parts;

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = quotes(parts);
    all.extend(indentation(parts));
    all
}

fn quotes(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for part in parts.scalars() {
        let inner = parts.inner(part);
        if inner == part.value {
            continue;
        }
        let (start, end) = (part.value.start, part.value.end);
        let open = Span {
            start,
            end: inner.start,
        };
        let close = Span {
            start: inner.end,
            end,
        };
        let dropped = |operator| Mutation::new(operator, part);
        all.push(dropped("drop opening quote").edit(open, ""));
        all.push(dropped("drop closing quote").edit(close, ""));
        all.push(dropped("drop both quotes").edit(open, "").edit(close, ""));
    }
    all
}

fn indentation(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for part in one_of_each_field(parts.all.iter()) {
        let start = part.whole().start;
        let line = parts.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let before = &parts.text[line..start];
        // A part in brackets, or after another part on the same line, does not start a line.
        if !before.trim_matches(' ').trim_end_matches('-').is_empty() {
            continue;
        }
        let mutation = |operator| Mutation::new(operator, part);
        all.push(mutation("indent more").insert(line, " "));
        if before.starts_with(' ') {
            let blank = Span {
                start: line,
                end: line + 1,
            };
            all.push(mutation("indent less").edit(blank, ""));
        }
        if part.form == Form::Scalar && parts.slice(part.value).contains('\n') {
            all.push(
                mutation("unindent text").edit(part.value, unindented(parts.slice(part.value))),
            );
        }
    }
    all
}

/// Removes the indentation of all lines of a text.
fn unindented(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    lines.join("\n")
}
