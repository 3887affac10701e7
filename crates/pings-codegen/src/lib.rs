#![doc = include_str!("../README.md")]

mod captures;
mod docs;
mod events;
mod header;
mod lints;
mod markdown;
mod modules;
mod names;
mod origin;
mod package;
mod parallel;
mod product;
mod queries;
mod rust;
mod schema;
mod sql;
mod text;
mod toml;
mod tree;
mod usage;
mod web;
mod wire;
mod workspace;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

use pings_model::Registry;

pub use docs::words;
pub use events::{rust_event, rust_events};
pub use header::{
    css as css_header, html as html_header, json as json_header, markdown as markdown_header,
};
pub use modules::modules;
pub use names::file_names;
pub use origin::{Origin, ValueFiles, digest};
pub use product::{Extras, product};
pub use tree::Tree;
pub use web::{web_calls, web_package};
pub use workspace::Libraries;

/// Generates all files for a registry, for a workspace that has its own manifest. The manifest
/// declares `pings-types` and `pings-rows` as dependencies of the workspace.
#[must_use]
pub fn generate(registry: &Registry, origin: &Origin<'_>) -> Tree {
    let queries = queries::queries(registry);
    let place = captures::EventsPlace::Crate;
    let (mut tree, captures) = parallel::both(
        || {
            let mut tree = events::files(registry, origin);
            tree.merge(web::files(registry, origin));
            tree.merge(wire::files(registry, origin));
            tree.insert(docs::PATH, docs::page(registry, &queries, origin));
            tree.insert(schema::PATH, schema::schema(origin));
            tree.insert(lints::PATH, lints::page(origin));
            tree
        },
        || captures::files(registry, &queries, place, origin),
    );
    tree.merge(captures);
    tree
}

/// Generates the same files and a workspace manifest, for a folder of their own.
#[must_use]
pub fn standalone(registry: &Registry, origin: &Origin<'_>, libraries: Libraries<'_>) -> Tree {
    let mut tree = generate(registry, origin);
    tree.insert(workspace::PATH, workspace::manifest(origin, libraries));
    tree
}
