#![doc = include_str!("../README.md")]

mod context;
mod diagnostic;
mod lower;
mod nearest;
mod place;
mod places;
#[doc(hidden)]
pub mod raw;
mod render;
mod rules;
mod shape;
mod source;
mod tree;

use pings_model::Registry;

pub use diagnostic::{Diagnostic, Rule};
pub use nearest::nearest;
pub use places::Places;
pub use render::{Message, Severity, render, render_message};
pub use source::{Lines, Source, Span};

use context::Context;

/// Reads a registry from the text of a `pings.yaml`.
///
/// # Errors
///
/// All mistakes of the registry, in the order of their places. Only YAML that
/// cannot be parsed ends the search early.
pub fn parse(text: &str) -> Result<Registry, Vec<Diagnostic>> {
    let mut root = tree::parse(text).map_err(|error| vec![error])?;
    let mut cx = Context {
        text,
        diagnostics: Vec::new(),
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
            let start = error
                .location()
                .map_or(0, |location| location.index())
                .min(text.len());
            let message = format!("this cannot be read: {error}");
            let span = Span { start, end: start };
            cx.report(Diagnostic::new(Rule::YamlSyntax, span, message));
            None
        }
    };
    match registry {
        Some(registry) if cx.diagnostics.is_empty() => Ok(registry),
        _ => {
            cx.diagnostics.sort_by_key(|diagnostic| diagnostic.span);
            cx.diagnostics.dedup();
            Err(cx.diagnostics)
        }
    }
}
