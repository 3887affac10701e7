//! The files that `cargo xtask generate` writes into this workspace, and the services of its tests.

pub mod failures;
pub mod services;

use std::path::Path;

use pings_codegen::{Origin, Tree};
use pings_model::Registry;

/// Returns every generated file of this workspace: the files for its registry, and the catalogue of
/// failures.
///
/// # Errors
///
/// Returns a message if the catalogue is incomplete.
pub fn tree(registry: &Registry, origin: &Origin<'_>, root: &Path) -> Result<Tree, String> {
    let mut tree = pings_codegen::generate(registry, origin);
    let failures = failures::read(root)?;
    tree.insert(failures::PATH, failures::page(&failures, origin.command));
    Ok(tree)
}
