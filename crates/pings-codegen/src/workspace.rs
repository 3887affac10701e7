//! What a standalone tree needs around its crates.

use crate::{Origin, header};

/// Where it stands.
pub(crate) const PATH: &str = "Cargo.toml";

/// The manifest of a workspace in which the generated crates build.
pub(crate) fn manifest(origin: &Origin<'_>) -> String {
    format!("{}{}", header::toml(origin), include_str!("workspace.toml"))
}
