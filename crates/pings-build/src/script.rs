//! Code generation from a product's build script.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process;

use pings_registry::{Finding, Levels, Source};

use crate::{Linted, Loaded, is_denied, lint, write};

/// The command in the headers of generated files.
const COMMAND: &str = "cargo build";

/// Generates the events and captures of a registry into Cargo's `OUT_DIR`.
///
/// The path is relative to the product's manifest. For use in build scripts: errors are reported to
/// Cargo, which then fails the build. Findings of denied lints are errors, and findings of other
/// lints are shown as warnings.
pub fn generate(registry: impl AsRef<Path>) {
    let registry = registry.as_ref();
    tell(&[registry], modules(registry));
}

/// Generates the package for web front ends into a folder, and writes only the files that changed,
/// so that bundlers that watch the folder see nothing else.
///
/// Both paths are relative to the product's manifest. The front end installs the folder with npm, or
/// imports its files. Files in the folder that were not generated are never overwritten. For use in
/// build scripts: errors and findings of denied lints fail the build; [`generate`] shows the
/// findings of other lints.
pub fn generate_web(registry: impl AsRef<Path>, folder: impl AsRef<Path>) {
    let (registry, folder) = (registry.as_ref(), folder.as_ref());
    // Cargo runs the script again if the package was deleted.
    let manifest = folder.join("package.json");
    tell(&[registry, &manifest], package(registry, folder));
}

/// Tells Cargo the files on which the build depends, and the warnings or the error.
fn tell(files: &[&Path], result: Result<Vec<String>, String>) {
    let depends = |file: &&Path| format!("cargo::rerun-if-changed={}", file.display());
    let mut lines: Vec<String> = files.iter().map(depends).collect();
    match result {
        Ok(warnings) => lines.extend(warnings),
        Err(message) => {
            lines.extend(message.lines().map(|line| format!("cargo::error={line}")));
        }
    }
    // Cargo fails the build when an error is reported. If the report cannot be written, exit with
    // an error.
    if writeln!(io::stdout(), "{}", lines.join("\n")).is_err() {
        process::exit(1);
    }
}

/// Generates the modules, and returns the warnings for Cargo.
fn modules(registry: &Path) -> Result<Vec<String>, String> {
    let out = env::var_os("OUT_DIR")
        .ok_or("OUT_DIR is not set: this function is only for build scripts")?;
    let path = registry.display().to_string();
    let linted = linted(registry, &path)?;
    let out = Path::new(&out);
    let origin = linted.loaded.origin(&path, COMMAND);
    let out_dir = out.display().to_string();
    let tree = pings_codegen::modules(&linted.loaded.registry, &origin, &out_dir);
    write(&tree, out).map_err(|error| error.to_string())?;
    let shown = linted.findings.iter().filter(|it| it.suppressed.is_none());
    let source = source(&path, &linted.loaded);
    let warnings = shown.map(|it| warning(source, it));
    Ok(depends_on_files(registry, &linted.loaded)
        .chain(warnings)
        .collect())
}

/// Generates the package for web front ends.
fn package(registry: &Path, folder: &Path) -> Result<Vec<String>, String> {
    let path = registry.display().to_string();
    let linted = linted(registry, &path)?;
    let origin = linted.loaded.origin(&path, COMMAND);
    let shown = folder.display().to_string();
    let tree = pings_codegen::web_package(&linted.loaded.registry, &origin, &shown);
    write(&tree, folder).map_err(|error| error.to_string())?;
    Ok(depends_on_files(registry, &linted.loaded).collect())
}

/// Returns the lines that tell Cargo to run the script again if a file that the registry names
/// changes.
fn depends_on_files<'a>(
    registry: &'a Path,
    loaded: &'a Loaded,
) -> impl Iterator<Item = String> + use<'a> {
    let folder = registry.parent().unwrap_or(Path::new(""));
    let files = loaded.values.iter().flat_map(|values| &values.files);
    files.map(|(path, _)| format!("cargo::rerun-if-changed={}", folder.join(path).display()))
}

/// Loads a registry. Findings of denied lints are errors.
fn linted(registry: &Path, path: &str) -> Result<Linted, String> {
    let linted = lint(registry, &Levels::default()).map_err(|failure| failure.to_string())?;
    let source = source(path, &linted.loaded);
    let denied: Vec<_> = linted
        .findings
        .iter()
        .filter(|it| is_denied(it))
        .map(|it| pings_registry::render_finding(source, it, false))
        .collect();
    match denied.is_empty() {
        true => Ok(linted),
        false => Err(denied.join("\n\n")),
    }
}

fn source<'a>(path: &'a str, loaded: &'a Loaded) -> Source<'a> {
    Source {
        name: path,
        text: &loaded.text,
    }
}

/// Returns a finding on one line, because Cargo shows a warning on one line.
fn warning(source: Source<'_>, finding: &Finding) -> String {
    let diagnostic = &finding.diagnostic;
    let (line, column) = source.line_and_column(diagnostic.span.start);
    format!(
        "cargo::warning={}:{line}:{column}: {} ({})",
        source.name,
        diagnostic.message,
        diagnostic.rule.name(),
    )
}
