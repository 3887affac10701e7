//! Compiles a product that fires typed events.

use std::path::{Path, PathBuf};
use std::process::Command;

use pings_codegen::{Libraries, Origin};

use super::command::Folder;
use super::desk::registry;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The manifest of the product.
const MANIFEST: &str = "\
[package]
name = \"product\"
version.workspace = true
edition.workspace = true

[dependencies]
help-desk-events = { path = \"../help-desk-events\" }
";

/// The version of the packages in a generated workspace.
const PLAIN: &str = "version = \"0.1.0\"";

/// Returns a version that is unique to the registry and the program. Several workspaces share a
/// target folder, in which Cargo distinguishes their packages only by name and version, and would
/// otherwise reuse the build of another workspace.
fn version(registry: &str, main: &str) -> String {
    let digest = pings_codegen::digest(&format!("{registry}{main}"));
    format!("version = \"0.1.{digest}\"")
}

/// Creates a workspace with the crates that are generated from a registry, and a product that uses
/// the crates.
pub(crate) fn product(text: &str, main: &str) -> Folder {
    let folder = Folder::new(text);
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: text,
        values: None,
        command: "cargo xtask generate",
    };
    let version = version(text, main);
    let crates = Libraries::Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/../crates"));
    for (path, text) in pings_codegen::standalone(&registry(text), &origin, crates).files() {
        // The product reads no captures.
        if !path.contains("-captures/") {
            folder.write(path, &text.replace(PLAIN, &version));
        }
    }
    folder.write("crates/product/Cargo.toml", MANIFEST);
    folder.write("crates/product/src/main.rs", main);
    // The versions in this workspace's lock file are available without a network.
    let lock = std::fs::read_to_string(Path::new(ROOT).join("Cargo.lock")).expect("a lock file");
    folder.write("Cargo.lock", &lock);
    folder
}

/// Checks whether the product compiles. Otherwise, returns the errors of the compiler without notes
/// and warnings.
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
    let told = plain(&String::from_utf8_lossy(&output.stderr));
    let errors = told
        .split("\n\n")
        .filter(|it| it.starts_with("error") && !it.contains("could not compile"));
    Err(errors.map(shortened).collect::<Vec<_>>().join("\n\n"))
}

/// Shortens an error after the underlined code, because the rest of the text changes between
/// versions of rustc.
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

/// Replaces the unique version in a message with the usual one.
fn plain(told: &str) -> String {
    let mut parts = told.split("@0.1.");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += "@0.1.0";
        plain += part.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    plain
}
