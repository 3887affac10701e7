//! The generated code as modules of a product's own crate, for its build script.

use pings_model::Registry;

use crate::captures::EventsPlace;
use crate::{Origin, Tree, captures, events, header, package, queries, rust};

/// Generates the events and the captures as modules, each with a file that a crate includes:
/// `events.rs`, `captures.rs`. `folder` is the folder to which the tree will be written.
///
/// The captures use types of the events, so the product includes the events as the module `events`
/// next to the module of the captures.
#[must_use]
pub fn modules(registry: &Registry, origin: &Origin<'_>, folder: &str) -> Tree {
    let queries = queries::queries(registry);
    let mut tree = Tree::default();
    let crates = [
        ("events", events::files(registry, origin)),
        (
            "captures",
            captures::files(registry, &queries, EventsPlace::Module, origin),
        ),
    ];
    for (kind, files) in crates {
        let root = format!("crates/{}/", package::name(registry, kind));
        for (path, text) in files.files() {
            let Some(path) = path.strip_prefix(&root) else {
                continue;
            };
            // The product has its own manifest and build script.
            if !matches!(path, "Cargo.toml" | "build.rs") {
                // The examples name the generated crate, which does not exist here.
                let text = text.replace("```rust\n", "```rust,ignore\n");
                tree.insert(format!("{kind}/{path}"), text);
            }
        }
        tree.own(kind.to_owned());
        let path = rust::string(&format!("{folder}/{kind}/src/lib.rs"));
        let module = format!(
            "#[allow(dead_code, unused_imports, reason = \"a product uses what it needs\")]\n\
             #[path = {path}]\nmod generated;\n\
             #[allow(unused_imports, reason = \"a product uses what it needs\")]\n\
             pub use generated::*;\n"
        );
        tree.insert(format!("{kind}.rs"), header::rust(origin) + &module);
    }
    tree
}
