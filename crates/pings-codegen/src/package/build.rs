// The template of every generated crate's build script; see package.rs.

//! Refuses to build from a registry that the crate was not made from.

use std::io::{self, Write};
use std::process::ExitCode;

/// The registry, seen from this crate.
const REGISTRY: &str = "../../pings.yaml";

/// Its digest when the crate was made: FNV-1a of its text, CRLF as LF.
const DIGEST: u64 = 0xcbf2_9ce4_8422_2325; // of the registry

/// What makes the crate again.
const COMMAND: &str = "cargo xtask generate";

fn main() -> ExitCode {
    // Without the registry, as in a package from a registry of crates, there is nothing to compare.
    let Ok(text) = std::fs::read(REGISTRY) else {
        return report(&["cargo::rerun-if-changed=build.rs".to_owned()]);
    };
    let mut lines = vec![
        "cargo::rerun-if-changed=build.rs".to_owned(),
        format!("cargo::rerun-if-changed={REGISTRY}"),
    ];
    if digest(&text) != DIGEST {
        lines.extend([
            format!("cargo::error={REGISTRY} has changed since this crate was generated from it"),
            format!("cargo::error=help: run `{COMMAND}`, and commit what it writes"),
        ]);
    }
    report(&lines)
}

/// Tells Cargo, which stops at an error.
fn report(lines: &[String]) -> ExitCode {
    match writeln!(io::stdout(), "{}", lines.join("\n")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// FNV-1a with 64 bits.
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
