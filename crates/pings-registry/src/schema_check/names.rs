//! The names of a mapping: none is blank, and none is there twice.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Rule};
use crate::source::Span;
use crate::tree::{Entry, Node};

/// Checks that no name of a mapping is blank.
pub(super) fn not_blank(node: &Node<'_>, what: &str, out: &mut Vec<Diagnostic>) -> bool {
    let entries = node.entries().iter();
    let blank = entries.filter(|entry| entry.key.trim().is_empty());
    let before = out.len();
    out.extend(blank.map(|entry| {
        let message = format!("the name of this {what} is blank");
        Diagnostic::new(Rule::InvalidName, entry.key_span, message).help("name it, or remove it")
    }));
    out.len() == before
}

/// Whether no key stands twice.
pub(super) fn duplicates(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> bool {
    let mut sound = true;
    let mut report = |again: &Entry<'_>, first: Span| {
        out.push(
            Diagnostic::new(
                Rule::DuplicateKey,
                again.key_span,
                format!("duplicate key `{}`", again.key),
            )
            .label("again here")
            .related(first, "first here")
            .help("YAML keeps only one of them: remove or rename the other"),
        );
        sound = false;
    };
    let entries = node.entries();
    if entries.len() <= FEW {
        for (at, again) in entries.iter().enumerate() {
            if let Some(first) = entries[..at].iter().find(|entry| entry.key == again.key) {
                report(again, first.key_span);
            }
        }
        return sound;
    }
    let mut seen = HashMap::with_capacity(entries.len());
    for again in entries {
        if let Some(first) = seen.insert(again.key.as_ref(), again.key_span) {
            report(again, first);
        }
    }
    sound
}

/// Up to this number of keys, comparing all pairs is faster than hashing.
const FEW: usize = 24;
