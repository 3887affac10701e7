//! The packages of this workspace and their dependencies.

use std::process::Command;
use std::sync::OnceLock;

use cargo_metadata::{Metadata, MetadataCommand};

/// Returns the packages with all features, as they are resolved for this platform.
///
/// # Panics
///
/// Panics if `cargo metadata` fails.
#[must_use]
pub fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(read)
}

fn read() -> Metadata {
    // Only the crates for this platform are certain to be downloaded.
    let rustc = Command::new("rustc").arg("-vV").output();
    let rustc = rustc.expect("rustc runs").stdout;
    let rustc = String::from_utf8_lossy(&rustc);
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.expect("a host");
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .other_options(["--offline", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("cargo metadata")
}
