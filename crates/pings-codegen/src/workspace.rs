//! The workspace manifest around the crates of a standalone tree.

use crate::{Origin, header};

/// The path of the manifest.
pub(crate) const PATH: &str = "Cargo.toml";

/// Returns the manifest of a workspace for the generated crates.
pub(crate) fn manifest(origin: &Origin<'_>) -> String {
    format!("{}{}", header::toml(origin), include_str!("workspace.toml"))
}
