//! The files that a product checks in: crates with manifests of their own, the page and the schema.

use pings_model::Registry;

use crate::captures::{self, EventsPlace};
use crate::workspace::{self, Libraries};
use crate::{Origin, Tree, docs, events, parallel, queries, schema, web, wire};

/// What [`product`] generates in addition to the crate of events, the documentation page and the
/// editor schema.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras {
    /// The crate of captures.
    pub captures: bool,
    /// The package for web front ends.
    pub web: bool,
}

/// Generates the crate of events, the documentation page, the editor schema, and what is asked for
/// in addition.
///
/// The manifests inherit nothing, so that the crates work in any workspace, and without one.
#[must_use]
pub fn product(
    registry: &Registry,
    origin: &Origin<'_>,
    libraries: Libraries<'_>,
    extras: Extras,
) -> Tree {
    let queries = queries::queries(registry);
    let captures = || captures::files(registry, &queries, EventsPlace::Crate, origin);
    let (mut tree, captures) = parallel::both(
        || {
            let mut tree = own_manifests(events::files(registry, origin), libraries);
            if extras.web {
                tree.merge(web::files(registry, origin));
            }
            tree.merge(wire::files(registry, origin));
            tree.insert(docs::PATH, docs::page(registry, &queries, origin));
            tree.insert(schema::PATH, schema::schema(origin));
            tree
        },
        || extras.captures.then(captures),
    );
    if let Some(captures) = captures {
        tree.merge(own_manifests(captures, libraries));
    }
    tree
}

/// Returns the files of a crate with a manifest that inherits nothing.
fn own_manifests(mut files: Tree, libraries: Libraries<'_>) -> Tree {
    let is_manifest = |path: &str| path.ends_with("/Cargo.toml");
    let manifests = files.files().filter(|(path, _)| is_manifest(path));
    let own = manifests.map(|(path, text)| (path.to_owned(), own_manifest(text, libraries)));
    for (path, text) in own.collect::<Vec<_>>() {
        files.insert(path, text);
    }
    files
}

/// Replaces everything that a manifest inherits from its workspace.
fn own_manifest(manifest: &str, libraries: Libraries<'_>) -> String {
    let mut text = manifest.replace("\n[lints]\nworkspace = true\n", "");
    for (key, value) in [
        ("version", "\"0.1.0\""),
        ("edition", "\"2024\""),
        (
            "rust-version",
            concat!("\"", env!("CARGO_PKG_RUST_VERSION"), "\""),
        ),
        ("publish", "false"),
    ] {
        text = text.replace(
            &format!("\n{key}.workspace = true\n"),
            &format!("\n{key} = {value}\n"),
        );
    }
    text = text.replace("\nlicense.workspace = true\n", "\n");
    // Each crate is two folders below the root of the tree.
    let from_crate = match libraries {
        Libraries::Folder(folder) if std::path::Path::new(folder).is_relative() => {
            format!("../../{folder}")
        }
        Libraries::Folder(folder) => folder.to_owned(),
        Libraries::Published => String::new(),
    };
    let libraries = match libraries {
        Libraries::Published => Libraries::Published,
        Libraries::Folder(_) => Libraries::Folder(&from_crate),
    };
    for name in workspace::NAMES {
        let inherited = format!("\n{name} = {{ workspace = true }}\n");
        let own = format!("\n{name} = {}\n", workspace::dependency(name, libraries));
        text = text.replace(&inherited, &own);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Extras, product};
    use crate::workspace::Libraries;
    use pings_model::Registry;

    use crate::{Origin, fixtures};

    #[test]
    fn manifests_inherit_nothing() {
        let registry = Registry::from_checked(fixtures::registry("shop", "Shop"));
        let origin = Origin {
            registry_path: "pings.yaml",
            registry_text: "",
            values: None,
            command: "pings generate",
        };
        for libraries in [
            Libraries::Published,
            Libraries::Folder("../lib"),
            Libraries::Folder("/lib"),
        ] {
            let tree = product(
                &registry,
                &origin,
                libraries,
                Extras {
                    captures: true,
                    web: false,
                },
            );
            let manifests = tree
                .files()
                .filter(|(path, _)| path.ends_with("Cargo.toml"));
            let manifests: Vec<_> = manifests.collect();
            assert_eq!(manifests.len(), 2);
            for (path, text) in manifests {
                assert!(!text.contains("workspace"), "{path}:\n{text}");
                let wanted = match libraries {
                    Libraries::Published => format!(" = {:?}\n", env!("CARGO_PKG_VERSION")),
                    Libraries::Folder("/lib") => "path = \"/lib/pings-".to_owned(),
                    Libraries::Folder(_) => "path = \"../../../lib/pings-".to_owned(),
                };
                assert!(text.contains(&wanted), "{path}:\n{text}");
            }
        }
        let without = product(&registry, &origin, Libraries::Published, Extras::default());
        assert!(without.files().all(|(path, _)| !path.contains("captures")));
    }
}
