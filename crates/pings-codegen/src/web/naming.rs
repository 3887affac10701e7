//! The JavaScript names of everything in the package.

use pings_model::{Registry, ident};

use crate::events::{Plan, PlannedEvent};

/// Names of types that the declarations of the package use themselves, and those of TypeScript that
/// cannot be declared again.
const TAKEN: &[&str] = &[
    "Anonymous",
    "Consent",
    "Counters",
    "Events",
    "Handle",
    "Loss",
    "Options",
    "Parameters",
    "Problem",
    "RecordedEvent",
    "any",
    "bigint",
    "boolean",
    "never",
    "null",
    "number",
    "object",
    "string",
    "symbol",
    "undefined",
    "unknown",
    "void",
];

/// The events with the names of their functions.
#[derive(Debug)]
pub(super) struct Names<'a> {
    pub(super) plan: Plan<'a>,
    functions: Vec<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(registry: &'a Registry) -> Self {
        let events = registry.events();
        Self {
            plan: Plan::avoiding(events, TAKEN),
            functions: ident::function_names(events.iter().map(|event| event.name.as_str())),
        }
    }

    /// Returns the events, in registry order, with the names of their functions.
    pub(super) fn events(&self) -> impl Iterator<Item = (&PlannedEvent<'a>, &str)> {
        let functions = self.functions.iter().map(String::as_str);
        self.plan.events.iter().zip(functions)
    }
}
