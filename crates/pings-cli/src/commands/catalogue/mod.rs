//! `pings catalogue`

mod server;
mod site;

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use pings_build::{Change, ChangeKind, WriteError};
use serde_json::json;

use self::site::{COMMAND, site};
use crate::arguments::{Catalogue, Common};
use crate::failure::{Failure, Outcome};
use crate::output::{self, counted};

pub(crate) async fn run(common: &Common, arguments: &Catalogue) -> Outcome {
    if let Some(address) = arguments.serve {
        return server::run(common, address).await;
    }
    let out = &arguments.out;
    let failed = |error| Failure::Ours(format!("{}: {error}", out.display()));
    if !arguments.check {
        fs::create_dir_all(out).map_err(failed)?;
    }
    let registry_path = pings_build::relative(out, &common.registry).map_err(failed)?;
    let base = arguments.base_url.as_deref();
    let tree = site(&common.registry, &registry_path, base).map_err(Failure::of_registry)?;
    let changes = match arguments.check {
        true => pings_build::changes(&tree, out),
        false => pings_build::write(&tree, out),
    };
    let changes = changes.map_err(|error| match error {
        WriteError::Io { .. } => Failure::Ours(error.to_string()),
        _ => Failure::Input(error.to_string()),
    })?;
    let pages = tree.files().filter(|(path, _)| path.ends_with(".html"));
    report(common, arguments, pages.count(), &changes)
}

fn report(common: &Common, arguments: &Catalogue, pages: usize, changes: &[Change]) -> Outcome {
    let out = &arguments.out;
    let is_stale = arguments.check && !changes.is_empty();
    if common.is_json() {
        let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
        output::say_json(&json!({
            "ok": !is_stale,
            "written": !arguments.check,
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
            "{files} out of date\nhelp: run `{}`",
            command(common, out)
        )));
    }
    if arguments.check {
        output::done("Fresh", &format!("{pages} are up to date"));
        return Ok(ExitCode::SUCCESS);
    }
    let changed = counted(changes.len() as u64, "file changed", "files changed");
    output::done("Wrote", &format!("{pages} to {}, {changed}", out.display()));
    output::done("Open", &out.join("index.html").display().to_string());
    Ok(ExitCode::SUCCESS)
}

/// Returns the command that updates the site.
fn command(common: &Common, out: &Path) -> String {
    let registry = match common.names_registry {
        true => format!(" --registry {}", common.registry.display()),
        false => String::new(),
    };
    format!("{COMMAND}{registry} --out {}", out.display())
}
