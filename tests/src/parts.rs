//! Parts of PostgreSQL that a build can lack. The pinned package lacks all of them.

use std::env;
use std::io::{self, Write};
use std::process::Command;

use xtask::services::postgres::ADDRESS;

use crate::postgres::binaries;

/// A part of PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Encrypted connections.
    Tls,
    /// Collations of ICU.
    Icu,
}

/// Returns whether the server of the tests lacks a part, and prints that this part is not tested.
/// A server at an address is expected to have all parts.
#[must_use]
pub fn is_missing(part: Part) -> bool {
    let Some(binaries) = binaries() else {
        return false;
    };
    let options = Command::new(binaries.join("pg_config"))
        .arg("--configure")
        .output();
    let options = options.ok().filter(|output| output.status.success());
    let Some(options) = options.map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    else {
        return false;
    };
    let is_missing = match part {
        Part::Tls => !options.contains("ssl"),
        Part::Icu => options.contains("--without-icu") && env::var_os(ADDRESS).is_none(),
    };
    if is_missing {
        let notice = format!(
            "\nSKIPPED: PostgreSQL in {} was built without {part:?}\nhelp: install the server\n\n",
            binaries.display()
        );
        // The test harness hides the output of passing tests, but this message must be seen.
        let _ = io::stderr().write_all(notice.as_bytes());
    }
    is_missing
}
