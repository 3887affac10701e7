// The template of every generated crate's build script; see package.rs.

//! Fails the build if the registry has changed since the crate was generated.

use std::io::{self, Write};
use std::process::ExitCode;

/// The path of the registry, relative to this crate.
const REGISTRY: &str = "../../pings.yaml";

/// The files that the registry names, relative to this crate.
const FILES: &[&str] = &[];

/// The digest of the registry and its files when the crate was generated: FNV-1a of their texts, with
/// CRLF as LF.
const DIGEST: u64 = 0xcbf2_9ce4_8422_2325; // of the registry

/// The command that generates the crate.
const COMMAND: &str = "cargo xtask generate";

fn main() -> ExitCode {
    // A published package does not contain the registry, so there is nothing to compare.
    let Ok(mut text) = std::fs::read(REGISTRY) else {
        return report(&["cargo::rerun-if-changed=build.rs".to_owned()]);
    };
    let mut lines = vec![
        "cargo::rerun-if-changed=build.rs".to_owned(),
        format!("cargo::rerun-if-changed={REGISTRY}"),
    ];
    for file in FILES {
        lines.push(format!("cargo::rerun-if-changed={file}"));
        text.extend(std::fs::read(file).unwrap_or_default());
    }
    if digest(&text) != DIGEST {
        lines.extend([
            format!("cargo::error={REGISTRY} has changed since this crate was generated from it"),
            format!("cargo::error=help: run `{COMMAND}`, and commit what it writes"),
        ]);
    }
    report(&lines)
}

/// Prints instructions for Cargo, which fails the build at an error.
fn report(lines: &[String]) -> ExitCode {
    match writeln!(io::stdout(), "{}", lines.join("\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Computes the 64-bit FNV-1a hash.
pub(crate) fn digest(text: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut bytes = text.iter().peekable();
    while let Some(byte) = bytes.next() {
        if *byte == b'\r' && bytes.peek() == Some(&&b'\n') {
            continue;
        }
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash
}
