//! `cargo xtask generate`

use std::fs;
use std::io;
use std::path::{self, Path};
use std::process::ExitCode;

use pings_build::{Change, ChangeKind, WriteError};
use pings_codegen::Libraries;

use crate::print;

pub(crate) fn run(path: &Path, out: Option<&Path>, root: &Path, check: bool) -> ExitCode {
    let loaded = match pings_build::load(path) {
        Ok(loaded) => loaded,
        Err(failure) => return print::no_registry(&failure),
    };
    let (registry_path, command) = match out {
        None => ("pings.yaml".to_owned(), "cargo xtask generate".to_owned()),
        Some(out) => match created(out, check).and_then(|()| pings_build::relative(out, path)) {
            Ok(registry) => {
                let command = format!(
                    "cargo xtask generate --registry {} --out {}",
                    last_part(path),
                    last_part(out)
                );
                (registry, command)
            }
            Err(error) => return print::failure(&format!("{}: {error}", out.display())),
        },
    };
    let origin = loaded.origin(&registry_path, &command);
    let tree = match out {
        None => match xtask::tree(&loaded.registry, &origin, root) {
            Ok(tree) => tree,
            Err(error) => return print::mistake(&error),
        },
        // This checkout has the crates that the generated crates depend on.
        Some(out) => match pings_build::relative(out, &root.join("crates")) {
            Ok(crates) => {
                let libraries = Libraries::Folder(&crates);
                pings_codegen::standalone(&loaded.registry, &origin, libraries)
            }
            Err(error) => return print::failure(&format!("{}: {error}", out.display())),
        },
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
        tree.files().count() - changes.iter().filter(|change| !change.is_removal()).count();
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
        &format!("{}, {current} up to date", changed(changes.len())),
    );
    ExitCode::SUCCESS
}

/// Creates the folder, unless nothing may be written.
fn created(folder: &Path, check: bool) -> io::Result<()> {
    if check {
        Ok(())
    } else {
        fs::create_dir_all(folder)
    }
}

/// Returns the last component of a path.
fn last_part(path: &Path) -> String {
    let path = path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// Prints the files that are out of date, and how to update them.
fn report_stale(changes: &[Change], current: usize, command: &str) -> ExitCode {
    if changes.is_empty() {
        print::done("Fresh", &format!("{current} files are up to date"));
        return ExitCode::SUCCESS;
    }
    for change in changes {
        print::text(&change.diff());
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

fn changed(files: usize) -> String {
    match files {
        1 => "1 file changed".to_owned(),
        more => format!("{more} files changed"),
    }
}
