//! The site of a registry file.

use std::path::Path;

use pings_catalogue::catalogue;
use pings_codegen::Tree;

/// The command that updates the site.
pub(super) const COMMAND: &str = "pings catalogue";

/// Returns the site of a registry, which the pages call `name`.
pub(super) fn site(
    registry: &Path,
    name: &str,
    base: Option<&str>,
) -> Result<Tree, pings_build::Failure> {
    let loaded = pings_build::load(registry)?;
    let origin = loaded.origin(name, COMMAND);
    Ok(catalogue(&loaded.registry, &origin, base))
}
