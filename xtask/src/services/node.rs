//! Node, and the packages with which the web client is compiled and tested.

use std::fs;
use std::path::{Path, PathBuf};

use super::{path, run};

/// The folder with the lock file, below the root.
const FOLDER: &str = "packages/web";

/// A copy of the lock file from which the packages were installed.
const INSTALLED: &str = "node_modules/.installed-lock.json";

/// Returns the folder of the installed packages, if Node is installed and the packages are those of
/// the lock file.
#[must_use]
pub fn packages(root: &Path) -> Option<PathBuf> {
    program("node")?;
    let folder = root.join(FOLDER);
    let lock = fs::read(folder.join("package-lock.json")).ok()?;
    let installed = fs::read(folder.join(INSTALLED)).ok()?;
    (lock == installed).then(|| folder.join("node_modules"))
}

/// Installs the packages of the lock file.
///
/// # Errors
///
/// Returns a message if Node or npm is not installed, or if a package cannot be fetched.
pub fn fetch(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join(FOLDER);
    for name in ["node", "npm"] {
        program(name).ok_or_else(|| {
            format!("{name} is not installed\nhelp: install Node 20.19 or later with npm")
        })?;
    }
    let install = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    run("npm", &install, &folder).map_err(|reason| format!("cannot fetch packages: {reason}"))?;
    fs::copy(folder.join("package-lock.json"), folder.join(INSTALLED))
        .map_err(|error| format!("cannot write {INSTALLED}: {error}"))?;
    Ok(folder.join("node_modules"))
}

/// Returns a program of the `PATH`.
fn program(name: &str) -> Option<PathBuf> {
    let programs = path().into_iter().map(|folder| folder.join(name));
    programs.into_iter().find(|program| program.exists())
}
