//! Parts of every generated crate: its name, its manifest, and the check that its registry is
//! unchanged.

use pings_model::Registry;

use crate::text::one_line;
use crate::{Origin, header, rust, toml};

/// Returns the name of a generated crate: `code-insights-events`.
pub(crate) fn name(registry: &Registry, kind: &str) -> String {
    format!("{}-{kind}", registry.name().replace('_', "-"))
}

/// Returns a manifest. `rest` is the text after the package section: features and dependencies.
pub(crate) fn manifest(name: &str, description: &str, rest: &str, origin: &Origin<'_>) -> String {
    format!(
        r#"{header}
[package]
name = {name}
description = {description}
version.workspace = true
edition.workspace = true
rust-version.workspace = true
license.workspace = true
publish.workspace = true

{rest}
[lints]
workspace = true
"#,
        header = header::toml(origin),
        name = toml::string(name),
        description = toml::string(&one_line(description)),
    )
}

/// Returns the build script, which fails if the registry differs from the one that was used to
/// generate the crate.
pub(crate) fn build_script(origin: &Origin<'_>) -> String {
    let template = include_str!("package/build.rs");
    let (_, code) = template.split_once("//!").unwrap_or(("", template));
    format!("{}\n//!{code}", header::rust(origin))
        .replace(
            r#""../../pings.yaml""#,
            &rust::string(&format!("../../{}", one_line(origin.registry_path))),
        )
        .replace(
            "FILES: &[&str] = &[]",
            &format!("FILES: &[&str] = &[{}]", files(origin).join(", ")),
        )
        .replace(
            r#""cargo xtask generate""#,
            &rust::string(&one_line(origin.command)),
        )
        .replace(
            "0xcbf2_9ce4_8422_2325; // of the registry",
            &format!("{};", hexadecimal(origin.digest())),
        )
}

/// Returns the paths of the files that the registry names, as Rust literals.
fn files(origin: &Origin<'_>) -> Vec<String> {
    let folder = match origin.registry_path.rsplit_once('/') {
        Some((folder, _)) => format!("../../{folder}/"),
        None => "../../".to_owned(),
    };
    let files = origin.values.iter().flat_map(|values| &values.files);
    files
        .map(|(path, _)| rust::string(&one_line(&format!("{folder}{path}"))))
        .collect()
}

/// Returns the number as a grouped Rust literal: `0xcbf2_9ce4_8422_2325`.
fn hexadecimal(number: u64) -> String {
    let digits = format!("{number:016x}");
    let groups: Vec<&str> = [0..4, 4..8, 8..12, 12..16]
        .into_iter()
        .map(|range| &digits[range])
        .collect();
    format!("0x{}", groups.join("_"))
}
