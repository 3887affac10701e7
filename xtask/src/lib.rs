//! What `cargo xtask generate` writes into this workspace, before anyone writes it.

pub mod failures;

use std::path::Path;

use pings_codegen::{Origin, Tree};
use pings_model::Registry;

/// Every generated file of this workspace: those made of its registry, and the catalogue of
/// failures.
///
/// # Errors
///
/// Where the catalogue is not whole.
pub fn tree(registry: &Registry, origin: &Origin<'_>, root: &Path) -> Result<Tree, String> {
    let mut tree = pings_codegen::generate(registry, origin);
    let failures = failures::read(root)?;
    tree.insert(failures::PATH, failures::page(&failures, origin.command));
    Ok(tree)
}
