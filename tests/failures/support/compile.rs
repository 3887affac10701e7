//! A product that fires typed events, in the hands of Cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use pings_codegen::Origin;

use super::command::Folder;
use super::desk::registry;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// A workspace of what is generated from a registry, and a product that uses it.
pub(crate) fn product(text: &str, main: &str) -> Folder {
    let folder = Folder::new(text);
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: text,
        command: "cargo xtask generate",
    };
    for (path, text) in pings_codegen::standalone(&registry(text), &origin).files() {
        // The product reads no capture.
        if !path.contains("-captures/") {
            folder.write(path, text);
        }
    }
    folder.write(
        "crates/product/Cargo.toml",
        "[package]\nname = \"product\"\nedition.workspace = true\n\n[dependencies]\nhelp-desk-events = { path = \"../help-desk-events\" }\n",
    );
    folder.write("crates/product/src/main.rs", main);
    // The versions that this workspace is tested with, which are there.
    let lock = std::fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).expect("a lock file");
    folder.write("Cargo.lock", &lock);
    folder
}

/// Whether the product compiles, and the errors if not: each without notes and warnings.
pub(crate) fn check(folder: &Folder) -> Result<(), String> {
    // The folder is shared with the test of generated crates, so that dependencies are built once.
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(ROOT).join("target"), PathBuf::from)
        .join("generated");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "-p", "product"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_TERM_COLOR", "never")
        .output()
        .expect("cargo runs");
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let errors = told
        .split("\n\n")
        .filter(|it| it.starts_with("error") && !it.contains("could not compile"));
    Err(errors.map(shortened).collect::<Vec<_>>().join("\n\n"))
}

/// An error up to what rustc underlines: the rest is worded anew with every version.
fn shortened(error: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in error.lines() {
        lines.push(line);
        if line.trim_start().starts_with('|') && line.contains('^') {
            break;
        }
    }
    lines.join("\n")
}
