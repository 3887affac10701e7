#![doc = include_str!("../README.md")]

mod context;
mod diagnostic;
mod insert;
mod lints;
mod lower;
mod nearest;
mod outline;
mod place;
mod places;
#[doc(hidden)]
pub mod raw;
mod render;
mod rules;
mod shape;
mod source;
mod tree;

use std::collections::BTreeSet;

use pings_model::Registry;

pub use diagnostic::{Diagnostic, Rule};
pub use insert::{Block, InsertError, insert, keeps};
pub use lints::{Finding, Levels, UnknownLint};
pub use lower::pure;
pub use nearest::nearest;
pub use outline::{Outline, Part, Section, outline};
pub use places::{Form, Located, Places};
pub use render::{Message, Severity, render, render_finding, render_message};
pub use source::{Lines, Source, Span};

use context::Context;
use tree::Node;

/// Reads a registry from the text of a `pings.yaml`.
///
/// # Errors
///
/// All mistakes of the registry, in the order of their places. Only YAML that
/// cannot be parsed ends the search early.
pub fn parse(text: &str) -> Result<Registry, Vec<Diagnostic>> {
    read(text).map(|(registry, _)| registry)
}

/// A registry, and what is allowed in it and seldom meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// What it says.
    pub registry: Registry,
    /// What the lints found, in the order of places; also what the registry
    /// suppresses, and nothing whose level is allow.
    pub findings: Vec<Finding>,
}

/// Reads a registry as [`parse`] does, and looks for what is seldom meant.
///
/// # Errors
///
/// As of [`parse`]: lints look only at a registry without mistakes.
pub fn check(text: &str, levels: &Levels) -> Result<Checked, Vec<Diagnostic>> {
    let (registry, root) = read(text)?;
    let findings = lints::find(&registry, &root, text, levels);
    Ok(Checked { registry, findings })
}

/// The registry and the tree that it was made from.
fn read(text: &str) -> Result<(Registry, Node<'_>), Vec<Diagnostic>> {
    let mut root = tree::parse(text).map_err(|error| vec![error])?;
    let mut cx = Context {
        text,
        diagnostics: Vec::new(),
        called: BTreeSet::new(),
    };
    shape::check(&mut root, &mut cx.diagnostics);
    let registry = match raw::parse(text, &root) {
        // What is no mapping at all has been said to be none.
        _ if root.entries().is_empty() => None,
        Ok(raw) => {
            rules::check(&raw, &root, &mut cx);
            lower::registry(&raw, &root, &mut cx)
        }
        Err(error) => {
            // What saphyr reads and serde does not: nothing is known, but it must not pass.
            let skipped = text.len() - tree::without_mark(text).len();
            let start = error
                .location()
                .map_or(0, |location| skipped + location.index())
                .min(text.len());
            let message = format!("this cannot be read: {error}");
            let span = Span { start, end: start };
            let diagnostic = Diagnostic::new(Rule::YamlSyntax, span, message);
            cx.report(match tree::is_at_tab(text, start) {
                true => diagnostic.help("write spaces in place of the tab"),
                false => diagnostic,
            });
            None
        }
    };
    match registry {
        Some(registry) if cx.diagnostics.is_empty() => Ok((registry, root)),
        _ => {
            cx.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
            cx.diagnostics.dedup();
            Err(cx.diagnostics)
        }
    }
}
