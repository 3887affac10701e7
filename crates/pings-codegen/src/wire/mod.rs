//! The requests that the ingest endpoint accepts, for back ends in any language: a JSON Schema with
//! a definition for each event, and an OpenAPI description of the endpoint.
//!
//! The OpenAPI description repeats the definitions of the schema, because many generators of clients
//! do not follow references to other files.

mod arguments;
mod batch;
mod definitions;
mod envelope;
mod event;
mod lost;
mod openapi;
mod schema;

#[cfg(test)]
mod tests;

use pings_model::Registry;

use crate::{Origin, Tree};

/// Returns the documents. A registry without events has none.
pub(crate) fn files(registry: &Registry, origin: &Origin<'_>) -> Tree {
    let mut tree = Tree::default();
    if !registry.events().is_empty() {
        tree.insert(schema::PATH, schema::document(registry, origin));
        tree.insert(openapi::PATH, openapi::document(registry, origin));
    }
    tree
}
