#![doc = include_str!("../README.md")]

mod arguments;
mod context;
mod counted;
mod diagnostic;
mod diagnostics;
mod files;
mod from_tree;
mod inlined;
mod insert;
mod lints;
mod lower;
mod metrics;
mod nearest;
mod outline;
mod place;
mod places;
mod read_tree;
mod render;
mod rules;
mod schema_check;
mod source;
#[doc(hidden)]
pub mod syntax;
mod tree;
mod yaml_text;

use std::collections::BTreeSet;

use pings_model::Registry;

pub use counted::counted;
pub use diagnostic::{Diagnostic, Rule};
pub use diagnostics::Diagnostics;
pub use files::Files;
pub use inlined::inlined;
pub use insert::{Block, InsertError, insert, keeps};
pub use lints::{Finding, InvalidDate, Levels, UnknownLint};
pub use lower::pure;
pub use nearest::nearest;
pub use outline::{Outline, Part, Section, outline};
pub use places::{Form, Located, Places};
pub use render::{Message, Severity, render, render_finding, render_in, render_message};
pub use source::{Lines, Source, Span};
pub use yaml_text::yaml_text;

use context::Context;
use tree::Node;

/// Parses a registry from the text of a `pings.yaml` that names no files. [`parse_with`] also reads
/// files.
///
/// # Errors
///
/// Returns all problems of the registry, ordered by location. Only invalid YAML stops the check
/// early.
pub fn parse(text: &str) -> Result<Registry, Diagnostics> {
    parse_with(text, &files::none)
}

/// Parses a registry like [`parse`], with the files that it names.
///
/// # Errors
///
/// Returns the same errors as [`parse`], and those of the files.
pub fn parse_with(text: &str, files: &Files<'_>) -> Result<Registry, Diagnostics> {
    match read(text, files) {
        Ok((registry, _)) => Ok(registry),
        Err(all) => Err(Diagnostics::new(text, all)),
    }
}

/// A valid registry with its lint findings.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// The registry.
    pub registry: Registry,
    /// The lint findings, ordered by location. Suppressed findings are included; findings with the
    /// level `allow` are not.
    pub findings: Vec<Finding>,
}

/// Parses a registry like [`parse`], and runs the lints.
///
/// # Errors
///
/// Returns the same errors as [`parse`]. Lints run only on a valid registry.
pub fn check(text: &str, levels: &Levels) -> Result<Checked, Diagnostics> {
    check_with(text, levels, &files::none)
}

/// Parses a registry like [`parse_with`], and runs the lints.
///
/// # Errors
///
/// Returns the same errors as [`parse_with`]. Lints run only on a valid registry.
pub fn check_with(text: &str, levels: &Levels, files: &Files<'_>) -> Result<Checked, Diagnostics> {
    let (registry, root) = read(text, files).map_err(|all| Diagnostics::new(text, all))?;
    let findings = lints::find(&registry, &root, text, levels);
    Ok(Checked { registry, findings })
}

/// Returns the registry and its syntax tree.
fn read<'t>(text: &'t str, files: &Files<'_>) -> Result<(Registry, Node<'t>), Vec<Diagnostic>> {
    let mut root = read_tree::parse(text).map_err(|error| vec![error])?;
    let mut cx = Context {
        text,
        diagnostics: Vec::new(),
        called: BTreeSet::new(),
        files,
    };
    schema_check::check(&mut root, &mut cx.diagnostics);
    let parts = match syntax::parse(&root) {
        // Non-mappings were already reported by the schema check.
        _ if root.entries().is_empty() => None,
        Ok(raw) => {
            rules::check(&raw, &root, &mut cx);
            lower::registry_parts(&raw, &root, &mut cx)
        }
        // The schema check accepts only what serde can read, so this would be a mistake of ours.
        Err(error) => {
            let span = error.span.unwrap_or_else(|| root.head());
            let message = format!("the value cannot be read: {error}");
            cx.report(Diagnostic::new(Rule::WrongType, span, message));
            None
        }
    };
    match parts {
        Some(parts) if cx.diagnostics.is_empty() => Ok((Registry::from_checked(parts), root)),
        _ => {
            cx.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
            cx.diagnostics.dedup();
            Err(cx.diagnostics)
        }
    }
}
