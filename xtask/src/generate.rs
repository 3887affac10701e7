//! `cargo xtask generate`

use std::path::Path;
use std::process::ExitCode;

use anstream::println;
use pings_build::{Change, ChangeKind, WriteError};
use pings_codegen::Origin;

use crate::print;

pub(crate) fn run(path: &Path, out: Option<&Path>, root: &Path, check: bool) -> ExitCode {
    let loaded = match pings_build::load(path) {
        Ok(loaded) => loaded,
        Err(failure) => return print::no_registry(&failure),
    };
    let command = match out {
        None => "cargo xtask generate".to_owned(),
        Some(out) => format!(
            "cargo xtask generate --registry {} --out {}",
            path.display(),
            out.display()
        ),
    };
    let name = path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    );
    let origin = Origin {
        registry_path: &name,
        registry_text: &loaded.text,
        command: &command,
    };
    let tree = match out {
        None => pings_codegen::generate(&loaded.registry, &origin),
        Some(_) => pings_codegen::standalone(&loaded.registry, &origin),
    };
    let root = out.unwrap_or(root);
    let result = if check {
        pings_build::changes(&tree, root)
    } else {
        pings_build::write(&tree, root)
    };
    let changes = match result {
        Ok(changes) => changes,
        Err(error @ WriteError::Foreign(_)) => return print::mistake(&error.to_string()),
        Err(error) => return print::failure(&error.to_string()),
    };
    let current =
        tree.files().count() - changes.iter().filter(|change| !is_removal(change)).count();
    if check {
        return report_stale(&changes, current, &command);
    }
    for change in &changes {
        let verb = match change.kind {
            ChangeKind::Create { .. } => "Created",
            ChangeKind::Update { .. } => "Updated",
            ChangeKind::Remove { .. } => "Removed",
        };
        print::done(verb, &change.path);
    }
    print::done(
        "Generated",
        &format!("{} files changed, {current} up to date", changes.len()),
    );
    ExitCode::SUCCESS
}

fn is_removal(change: &Change) -> bool {
    matches!(change.kind, ChangeKind::Remove { .. })
}

/// Shows what is not as the registry has it, and the cure.
fn report_stale(changes: &[Change], current: usize, command: &str) -> ExitCode {
    if changes.is_empty() {
        print::done("Fresh", &format!("{current} files are up to date"));
        return ExitCode::SUCCESS;
    }
    for change in changes {
        println!("{}", change.diff());
    }
    let files = if changes.len() == 1 {
        "1 file is".to_owned()
    } else {
        format!("{} files are", changes.len())
    };
    print::mistake(&format!(
        "{files} not what the registry says\nhelp: run `{command}`"
    ))
}
