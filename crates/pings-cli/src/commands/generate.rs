//! `pings generate`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pings_build::{Change, ChangeKind, WriteError};
use pings_codegen::{Extras, Libraries, Tree};
use serde_json::json;

use crate::arguments::{Common, Generate};
use crate::failure::{Failure, Outcome};
use crate::output::{self, counted};

/// The command that updates the files.
const COMMAND: &str = "pings generate";

pub(crate) fn run(common: &Common, generate: &Generate) -> Outcome {
    let loaded = pings_build::load(&common.registry).map_err(Failure::of_registry)?;
    let out = out(common, generate);
    let failed = |error| Failure::Ours(format!("{}: {error}", out.display()));
    if !generate.check {
        fs::create_dir_all(&out).map_err(failed)?;
    }
    let registry_path = pings_build::relative(&out, &common.registry).map_err(failed)?;
    // A crate or package that was generated once is updated from then on, and `--check` sees it.
    let exists = |path: String| out.join(path).is_file();
    let name = loaded.registry.name().replace('_', "-");
    let extras = Extras {
        captures: generate.captures || exists(format!("crates/{name}-captures/Cargo.toml")),
        web: generate.web || exists(format!("packages/{name}-web/package.json")),
    };
    let origin = loaded.origin(&registry_path, COMMAND);
    let folder = libraries(generate);
    let folder = folder.map(|folder| {
        pings_build::relative(&out, &folder).map_err(|error| {
            Failure::Input(format!(
                "{}: {error}\nhelp: name the folder that contains pings-types",
                folder.display()
            ))
        })
    });
    let folder = folder.transpose()?;
    let libraries = folder
        .as_deref()
        .map_or(Libraries::Published, Libraries::Folder);
    let tree = pings_codegen::product(&loaded.registry, &origin, libraries, extras);
    let changes = match generate.check {
        true => pings_build::changes(&tree, &out),
        false => pings_build::write(&tree, &out),
    };
    let changes = changes.map_err(|error| match error {
        WriteError::Io { .. } => Failure::Ours(error.to_string()),
        _ => Failure::Input(error.to_string()),
    })?;
    let previous = previous_folders(&tree, &out, &registry_path);
    let written = changes.iter().filter(|change| !change.is_removal()).count();
    let current = tree.files().count() - written;
    if common.is_json() {
        return Ok(say_json(generate.check, &changes, current, &previous));
    }
    if !previous.is_empty() {
        let folders = previous
            .iter()
            .map(|path| format!("\n  {}", below(&out, path)));
        output::complain(&format!(
            "note: the registry had another name, whose generated folders are still there:{}\n\
             help: delete these folders",
            folders.collect::<String>()
        ));
    }
    if generate.check {
        return report_stale(common, generate, &out, &changes, current);
    }
    for change in &changes {
        output::done(verb(change), &below(&out, &change.path));
    }
    let changed = counted(changes.len() as u64, "file changed", "files changed");
    output::done("Generated", &format!("{changed}, {current} up to date"));
    if let Some(manifest) = created_crate(&tree, &changes) {
        let name = manifest.rsplit('/').next().unwrap_or_default();
        let version = env!("CARGO_PKG_VERSION");
        // The endpoint for the web package.
        let features = match extras.web {
            true => ", features = [\"ingest\"]",
            false => "",
        };
        let facade = match folder {
            Some(folder) => format!("{{ path = \"{folder}/pings\"{features} }}"),
            None if extras.web => format!("{{ version = \"{version}\"{features} }}"),
            None => format!("\"{version}\""),
        };
        output::complain(&format!(
            "help: add the crates to the product, under `[dependencies]` in Cargo.toml:\n\
             {name} = {{ path = \"{manifest}\" }}\n\
             pings = {facade}"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the folder to write to: by default that of the registry.
fn out(common: &Common, generate: &Generate) -> PathBuf {
    if let Some(out) = &generate.out {
        return out.clone();
    }
    match common.registry.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Returns the folder with the crates that generated crates depend on, or `None` for the published
/// crates. A command that was built in a checkout uses the crates of the checkout.
fn libraries(generate: &Generate) -> Option<PathBuf> {
    if let Some(folder) = &generate.libraries {
        return Some(folder.clone());
    }
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let is_checkout = checkout.join("pings-types/Cargo.toml").is_file();
    is_checkout.then(|| checkout.to_owned())
}

fn verb(change: &Change) -> &'static str {
    match change.kind {
        ChangeKind::Create { .. } => "Created",
        ChangeKind::Update { .. } => "Updated",
        ChangeKind::Remove { .. } => "Removed",
    }
}

/// Returns the folder of the events crate if it was created just now.
fn created_crate<'t>(tree: &'t Tree, changes: &[Change]) -> Option<&'t str> {
    let (path, _) = tree
        .files()
        .find(|(path, _)| path.ends_with("-events/Cargo.toml"))?;
    let is_created = changes
        .iter()
        .any(|change| change.path == path && matches!(change.kind, ChangeKind::Create { .. }));
    is_created
        .then(|| path.strip_suffix("/Cargo.toml"))
        .flatten()
}

/// Returns a path in the output folder as the user names it.
fn below(out: &Path, path: &str) -> String {
    match out.strip_prefix(".") {
        Ok(rest) if rest.as_os_str().is_empty() => path.to_owned(),
        _ => out.join(path).display().to_string(),
    }
}

/// Returns the folders of crates and packages that were generated from this registry under another
/// name, with their files.
fn previous_folders(tree: &Tree, out: &Path, registry: &str) -> Vec<String> {
    let made = format!("Generated by `{COMMAND}` from `{registry}`");
    let mut found = Vec::new();
    for entry in fs::read_dir(out.join("crates"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let suffix = ["-events", "-captures"]
            .into_iter()
            .find_map(|it| name.strip_suffix(it));
        let Some(product) = suffix else { continue };
        let path = format!("crates/{name}");
        let manifest = || fs::read_to_string(entry.path().join("Cargo.toml")).unwrap_or_default();
        if tree.file(&format!("{path}/Cargo.toml")).is_some() || !manifest().contains(&made) {
            continue;
        }
        // The manifest of a package does not name its registry.
        let package = format!("packages/{product}-web");
        let manifest = fs::read_to_string(out.join(&package).join("package.json"));
        if name.ends_with("-events") && manifest.is_ok_and(|text| text.contains(COMMAND)) {
            found.push(package);
        }
        found.push(path);
    }
    found.sort();
    found
}

/// Returns the command that updates the files, with the options of this one.
fn command(common: &Common, generate: &Generate) -> String {
    let mut command = COMMAND.to_owned();
    if common.names_registry {
        command += &format!(" --registry {}", common.registry.display());
    }
    if let Some(out) = &generate.out {
        command += &format!(" --out {}", out.display());
    }
    for (flag, is_set) in [("captures", generate.captures), ("web", generate.web)] {
        if is_set {
            command += &format!(" --{flag}");
        }
    }
    command
}

/// Prints the files that are out of date, and how to update them.
fn report_stale(
    common: &Common,
    generate: &Generate,
    out: &Path,
    changes: &[Change],
    current: usize,
) -> Outcome {
    if changes.is_empty() {
        output::done("Fresh", &format!("{current} files are up to date"));
        return Ok(ExitCode::SUCCESS);
    }
    for change in changes {
        let path = below(out, &change.path);
        output::say(
            &Change {
                path,
                ..change.clone()
            }
            .diff(),
        );
    }
    let files = counted(changes.len() as u64, "file is", "files are");
    Err(Failure::Input(format!(
        "{files} out of date\nhelp: run `{}`",
        command(common, generate)
    )))
}

fn say_json(is_check: bool, changes: &[Change], current: usize, previous: &[String]) -> ExitCode {
    let of = |wanted: &str| -> Vec<&str> {
        let changed = changes.iter().filter(|change| verb(change) == wanted);
        changed.map(|change| change.path.as_str()).collect()
    };
    let is_fresh = changes.is_empty();
    output::say_json(&json!({
        "ok": is_fresh || !is_check,
        "written": !is_check,
        "created": of("Created"),
        "updated": of("Updated"),
        "removed": of("Removed"),
        "current": current,
        "of_a_previous_name": previous,
    }));
    ExitCode::from(u8::from(is_check && !is_fresh))
}
