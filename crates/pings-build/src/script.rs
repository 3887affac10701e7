//! What a product's build script calls.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process;

use pings_codegen::{Origin, Tree};

use crate::{load, write};

/// Generates the events and captures of a registry into Cargo's `OUT_DIR`.
///
/// The path is seen from the product's manifest. It is for build scripts:
/// where it fails, it tells Cargo why, which then fails the build.
pub fn generate(registry: impl AsRef<Path>) {
    let registry = registry.as_ref();
    let path = registry.display().to_string();
    let mut lines = vec![format!("cargo::rerun-if-changed={path}")];
    if let Err(message) = generated(registry, &path) {
        lines.extend(message.lines().map(|line| format!("cargo::error={line}")));
    }
    // Cargo fails the build where it is told of an error. Where it cannot be told, this does.
    if writeln!(io::stdout(), "{}", lines.join("\n")).is_err() {
        process::exit(1);
    }
}

fn generated(registry: &Path, path: &str) -> Result<(), String> {
    let out = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: this is for build scripts")?;
    let loaded = load(registry).map_err(|failure| failure.to_string())?;
    let origin = Origin {
        registry_path: path,
        registry_text: &loaded.text,
        command: "cargo build",
    };
    let out = Path::new(&out);
    let tree: Tree = pings_codegen::modules(&loaded.registry, &origin, &out.display().to_string());
    write(&tree, out)
        .map(|_| ())
        .map_err(|error| error.to_string())
}
