//! The services that the tests need. They are found on this machine, or fetched into
//! `target/services` without root and without other changes to the machine.

pub mod chromium;
pub mod clickhouse;
pub mod node;
pub mod pgbouncer;
pub mod postgres;
mod pypi;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that allows tests to be skipped if they need a missing service.
pub const OFFLINE: &str = "PINGS_TEST_OFFLINE";

/// Returns the folder for fetched services: `target/services`, or a temporary folder if other users
/// cannot reach that one. As root, the tests run PostgreSQL as another user.
fn folder(root: &Path) -> PathBuf {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let target = std::path::absolute(&target).unwrap_or(target);
    match is_reachable(&target) {
        true => target.join("services"),
        false => env::temp_dir().join("pings-services"),
    }
}

/// Returns whether all users can enter a folder.
#[cfg(unix)]
fn is_reachable(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let mut folders = folder
        .ancestors()
        .filter_map(|folder| fs::metadata(folder).ok());
    folders.all(|folder| folder.permissions().mode() & 0o001 != 0)
}

#[cfg(not(unix))]
fn is_reachable(_: &Path) -> bool {
    true
}

/// Returns the folders of `PATH`.
fn path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).collect()
}

/// Creates a folder by filling a temporary folder beside it, which is renamed if this succeeds.
fn create(folder: &Path, fill: impl FnOnce(&Path) -> Result<(), String>) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot create {}: {error}", folder.display());
    let part = folder.with_extension(format!("part-{}", std::process::id()));
    fs::create_dir_all(&part).map_err(failed)?;
    let filled = fill(&part).and_then(|()| fs::rename(&part, folder).map_err(failed));
    if filled.is_err() {
        // The cause of the failure is more important than a folder that cannot be removed.
        let _ = fs::remove_dir_all(&part);
    }
    filled
}

/// Runs a program in a folder, and returns its output.
fn run<S: AsRef<OsStr>>(program: &str, arguments: &[S], folder: &Path) -> Result<String, String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output();
    let output = output.map_err(|error| format!("cannot run {program}: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(format!("{program} failed: {}", text(&output.stderr))),
    }
}

#[cfg(test)]
mod tests;
