//! Code generation from a product's build script.

use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::process;

use pings_codegen::{Origin, Tree};

use pings_registry::{Finding, Levels, Source};

use crate::{is_denied, lint, write};

/// Generates the events and captures of a registry into Cargo's `OUT_DIR`.
///
/// The path is relative to the product's manifest. For use in build scripts: errors are reported to
/// Cargo, which then fails the build. Findings of denied lints are errors, and findings of other
/// lints are shown as warnings.
pub fn generate(registry: impl AsRef<Path>) {
    let registry = registry.as_ref();
    let path = registry.display().to_string();
    let mut lines = vec![format!("cargo::rerun-if-changed={path}")];
    match generated(registry, &path) {
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

/// Generates the files, and returns the warnings for Cargo.
fn generated(registry: &Path, path: &str) -> Result<Vec<String>, String> {
    let out = env::var_os("OUT_DIR")
        .ok_or("OUT_DIR is not set: this function is only for build scripts")?;
    let linted = lint(registry, &Levels::default()).map_err(|failure| failure.to_string())?;
    let loaded = &linted.loaded;
    let source = Source {
        name: path,
        text: &loaded.text,
    };
    let shown = || linted.findings.iter().filter(|it| it.suppressed.is_none());
    let denied: Vec<_> = shown()
        .filter(|it| is_denied(it))
        .map(|it| pings_registry::render_finding(source, it, false))
        .collect();
    if !denied.is_empty() {
        return Err(denied.join("\n\n"));
    }
    let origin = Origin {
        registry_path: path,
        registry_text: &loaded.text,
        command: "cargo build",
    };
    let out = Path::new(&out);
    let tree: Tree = pings_codegen::modules(&loaded.registry, &origin, &out.display().to_string());
    write(&tree, out).map_err(|error| error.to_string())?;
    Ok(shown().map(|it| warning(source, it)).collect())
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
