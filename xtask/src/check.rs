//! `cargo xtask check`

use std::path::Path;
use std::process::ExitCode;

use crate::print;

pub(crate) fn run(path: &Path) -> ExitCode {
    match pings_build::load(path) {
        Ok(loaded) => {
            let registry = &loaded.registry;
            print::done(
                "Checked",
                &format!(
                    "{}: {} pings with {} codes, {} events, {} tables",
                    path.display(),
                    registry.pings.len(),
                    registry.metrics().count(),
                    registry.events.len(),
                    registry.tables.len(),
                ),
            );
            ExitCode::SUCCESS
        }
        Err(failure) => print::no_registry(&failure),
    }
}
