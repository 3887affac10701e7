//! Programs that the tests of the web client run.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use xtask::services::{chromium, node};

use crate::skipped::skip;

/// Returns the root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Returns the installed Node packages.
pub fn packages() -> Option<PathBuf> {
    let packages = node::packages(&root());
    if packages.is_none() {
        skip(
            "a Node package",
            "install Node 20.19 or later, and run `npm ci` in packages/web",
        );
    }
    packages
}

/// Returns the program of the browser.
pub fn browser() -> Option<PathBuf> {
    let program = chromium::program();
    if program.is_none() {
        skip("Chromium", "install it");
    }
    program
}

/// Runs a command, and returns its output.
///
/// # Panics
///
/// Panics if the command fails.
pub fn run(command: &mut Command) -> String {
    let ran: Output = command.output().expect("the program starts");
    let told = [ran.stdout.as_slice(), &ran.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(ran.status.success(), "{command:?}:\n{told}");
    told
}

/// Returns a command that runs a script of the client.
pub fn npm(script: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["run", script])
        .current_dir(root().join("packages/web"));
    npm
}
