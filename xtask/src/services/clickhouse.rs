//! Finds or fetches ClickHouse, as the package of PyPI that contains its server.

use std::path::{Path, PathBuf};

use super::pypi;

/// The package. It contains the whole server, which Python starts.
const PACKAGE: &str = "chdb-core";

/// Returns the folder of the fetched package, from which Python imports it.
#[must_use]
pub fn package(root: &Path) -> Option<PathBuf> {
    let folder = pypi::installed(root, PACKAGE);
    folder.join("chdb").exists().then_some(folder)
}

/// Fetches the pinned package unless it was fetched before, and returns its folder.
///
/// # Errors
///
/// Returns a message if neither pip nor uv can install the package.
pub fn fetch(root: &Path) -> Result<PathBuf, String> {
    pypi::install(root, PACKAGE, "install Python with pip, or uv")
}

/// Returns the name of the pinned package and its version.
#[must_use]
pub fn pinned() -> String {
    pypi::pinned(PACKAGE)
}
