//! Cargo commands that tasks run.

use std::env;
use std::path::Path;
use std::process::Command;

/// Returns a command that runs the program of a package. Cargo determines where it is built.
pub(crate) fn program(root: &Path, package: &str) -> Command {
    let mut run = cargo(root, "run");
    run.args(["-p", package, "--"]);
    run
}

/// Returns a Cargo command in the caller's folder, so that a relative path means the same folder
/// for all programs.
pub(crate) fn cargo(root: &Path, subcommand: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args([subcommand, "--quiet", "--locked", "--manifest-path"]);
    cargo.arg(root.join("Cargo.toml"));
    cargo
}

/// Runs a command until it ends.
///
/// # Errors
///
/// Returns a message if the command fails.
pub(crate) fn finish(mut command: Command, what: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{what} failed: {status}")),
        Err(error) => Err(format!("{what} failed: cannot run cargo: {error}")),
    }
}
