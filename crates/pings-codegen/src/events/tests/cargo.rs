//! Builds and tests generated crates with Cargo, in a separate workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pings_model::Registry;

use crate::events::files;
use crate::fixtures::ORIGIN;
use crate::workspace::{self, Libraries};

/// Builds, lints, formats and tests the events crates of the registries.
pub(super) fn check(registries: &[Registry]) {
    let root = folder();
    let _ = fs::remove_dir_all(root.join("crates"));
    for registry in registries {
        let tree = files(registry, &ORIGIN);
        for (path, text) in tree.files() {
            write(&root.join(path), text);
        }
    }
    let crates = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let manifest = workspace::manifest(&ORIGIN, Libraries::Folder(crates));
    write(&root.join(workspace::PATH), &manifest);
    write(&root.join("pings.yaml"), ORIGIN.registry_text);
    write(
        &root.join("crates/typed-events/tests/round_trip.rs"),
        include_str!("round_trip.rs"),
    );
    // The versions in this workspace's lock file are available without a network.
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../Cargo.lock");
    fs::copy(lock, root.join("Cargo.lock")).unwrap();

    run(&root, &["fmt", "--all", "--check"]);
    run(
        &root,
        &[
            "clippy",
            "--offline",
            "--quiet",
            "--all-targets",
            "--",
            "--deny",
            "warnings",
        ],
    );
    run(&root, &["test", "--offline", "--quiet"]);
}

/// Returns a folder in the target directory, so that later runs reuse the build.
fn folder() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let target = test.ancestors().nth(3).unwrap();
    target.join("tmp/pings-codegen-events")
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn run(root: &Path, arguments: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root)
        .env("CARGO_TARGET_DIR", root.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "cargo {}\n{}{}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
