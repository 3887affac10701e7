//! `cargo xtask catalogue`

use std::path::Path;
use std::process::ExitCode;

use crate::cargo::{finish, program};
use crate::print;

/// Writes the catalogue of this workspace's registry, or serves it.
pub(crate) fn run(root: &Path, out: Option<&Path>, serve: bool) -> ExitCode {
    let mut catalogue = program(root, "pings-cli");
    catalogue.arg("catalogue");
    catalogue.arg("--registry").arg(root.join("pings.yaml"));
    match serve {
        true => catalogue.arg("--serve"),
        false => {
            let folder = root.join("target").join("catalogue");
            catalogue.arg("--out").arg(out.unwrap_or(&folder))
        }
    };
    match finish(catalogue, "the catalogue") {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => print::failure(&message),
    }
}
