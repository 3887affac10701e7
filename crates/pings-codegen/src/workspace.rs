//! The workspace manifest around the crates of a standalone tree.

use crate::{Origin, header, toml};

/// The path of the manifest.
pub(crate) const PATH: &str = "Cargo.toml";

/// The crates that generated crates depend on.
pub(crate) const NAMES: [&str; 2] = ["pings-rows", "pings-types"];

/// Where generated crates find `pings-types` and `pings-rows`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Libraries<'a> {
    /// In a registry of crates, in the version of the generator.
    #[default]
    Published,
    /// In the folders `pings-types` and `pings-rows` of this folder. A relative path starts at the
    /// root of the tree.
    Folder(&'a str),
}

/// Returns the manifest of a workspace for the generated crates.
pub(crate) fn manifest(origin: &Origin<'_>, libraries: Libraries<'_>) -> String {
    let dependencies: String = NAMES
        .iter()
        .map(|name| format!("{name} = {}\n", dependency(name, libraries)))
        .collect();
    let template = include_str!("workspace.toml");
    let table = "[workspace.dependencies]\n";
    let manifest = template.replacen(table, &format!("{table}{dependencies}"), 1);
    format!("{}{manifest}", header::toml(origin))
}

/// Returns the value of a dependency on one of these crates.
pub(crate) fn dependency(name: &str, libraries: Libraries<'_>) -> String {
    match libraries {
        Libraries::Published => toml::string(env!("CARGO_PKG_VERSION")),
        Libraries::Folder(folder) => {
            format!("{{ path = {} }}", toml::string(&format!("{folder}/{name}")))
        }
    }
}
