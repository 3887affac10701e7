//! `cargo xtask check`

use std::path::Path;
use std::process::ExitCode;

use pings_registry::{Levels, Lines};

use crate::print;

pub(crate) fn run(path: &Path) -> ExitCode {
    let linted = match pings_build::lint(path, &Levels::default()) {
        Ok(linted) => linted,
        Err(failure) => return print::no_registry(&failure),
    };
    let name = path.display().to_string();
    let lines = Lines::of(&linted.loaded.text);
    for finding in linted.findings.iter().filter(|it| it.suppressed.is_none()) {
        print::finding(&name, &lines, finding);
    }
    if linted.findings.iter().any(pings_build::is_denied) {
        let found = pings_build::summary(&linted.findings).unwrap_or_default();
        return print::mistake(&format!("{name} has {found}"));
    }
    let found = pings_build::summary(&linted.findings);
    print::done(
        "Checked",
        &format!(
            "{name}: {}{}",
            pings_build::contents(&linted.loaded.registry),
            found.map_or_else(String::new, |found| format!("; {found}")),
        ),
    );
    ExitCode::SUCCESS
}
