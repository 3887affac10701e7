//! Writes a generated site to a folder, or shows how the folder differs from it.

use std::path::Path;
use std::process::ExitCode;

use pings_build::{Change, ChangeKind, WriteError};
use pings_codegen::Tree;
use serde_json::json;

use crate::arguments::Common;
use crate::failure::{Failure, Outcome};
use crate::output::{self, counted};

/// Writes a site, or shows with `check` what would change. `command` updates the site.
pub(crate) fn write(
    common: &Common,
    (out, check): (&Path, bool),
    tree: &Tree,
    command: &str,
) -> Outcome {
    let changes = match check {
        true => pings_build::changes(tree, out),
        false => pings_build::write(tree, out),
    };
    let changes = changes.map_err(|error| match error {
        WriteError::Io { .. } => Failure::Ours(error.to_string()),
        _ => Failure::Input(error.to_string()),
    })?;
    let pages = tree.files().filter(|(path, _)| path.ends_with(".html"));
    report(common, (out, check), pages.count(), &changes, command)
}

fn report(
    common: &Common,
    (out, check): (&Path, bool),
    pages: usize,
    changes: &[Change],
    command: &str,
) -> Outcome {
    let is_stale = check && !changes.is_empty();
    if common.is_json() {
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        output::say_json(&json!({
            "ok": !is_stale,
            "written": !check,
            "pages": pages,
            "changed": paths,
        }));
        return Ok(ExitCode::from(u8::from(is_stale)));
    }
    let pages = counted(pages as u64, "page", "pages");
    if is_stale {
        for change in changes {
            let verb = match change.kind {
                ChangeKind::Create { .. } => "missing",
                ChangeKind::Update { .. } => "changed",
                ChangeKind::Remove { .. } => "no longer generated",
            };
            output::say(&format!("{}: {verb}", out.join(&change.path).display()));
        }
        let files = counted(changes.len() as u64, "file is", "files are");
        return Err(Failure::Input(format!(
            "{files} out of date\nhelp: run {command}"
        )));
    }
    if check {
        output::done("Fresh", &format!("{pages} are up to date"));
        return Ok(ExitCode::SUCCESS);
    }
    let changed = counted(changes.len() as u64, "file changed", "files changed");
    output::done("Wrote", &format!("{pages} to {}, {changed}", out.display()));
    output::done("Open", &out.join("index.html").display().to_string());
    Ok(ExitCode::SUCCESS)
}
