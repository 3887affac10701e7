//! The web package: one function per event for products with a front end in JavaScript or
//! TypeScript.
//!
//! The package is JavaScript with declarations, so a product uses it without a build step. The code
//! that is the same for every registry is compiled from `packages/web` and stored in `library/`.

mod attributes;
mod call_example;
mod declarations;
mod functions;
mod library;
mod manifest;
mod naming;
mod readme;
mod text;

#[cfg(test)]
mod tests;

use pings_model::Registry;

use crate::{Origin, Tree, package};
use naming::Names;

pub use call_example::web_calls;

/// The suffix of the package's name after the name of the registry.
const KIND: &str = "web";

/// Returns the files of the package in its folder below `packages`.
pub(crate) fn files(registry: &Registry, origin: &Origin<'_>) -> Tree {
    let folder = format!("packages/{}", package::name(registry, KIND));
    web_package(registry, origin, &format!("./{folder}")).in_folder(&folder)
}

/// Generates the package for web front ends, with paths from its own folder. Its README shows
/// `folder` as the path from which npm installs the package.
#[must_use]
pub fn web_package(registry: &Registry, origin: &Origin<'_>, folder: &str) -> Tree {
    let name = package::name(registry, KIND);
    let names = Names::new(registry);
    let mut tree = Tree::default();
    // The rest of the folder may have files of npm.
    tree.own("core");

    let mut file = |path: &str, text: String| tree.insert(path, text);
    file("package.json", manifest::manifest(&name, registry, origin));
    file(
        "README.md",
        readme::readme(&name, folder, registry, &names, origin),
    );
    file("index.js", functions::module(&names, origin));
    file("index.d.ts", declarations::module(registry, &names, origin));
    file("dom.js", attributes::module(&names, origin));
    file("dom.d.ts", attributes::declarations(origin));
    let all_of = |path: &str| {
        format!(
            "{}\nexport * from './core/{path}.js'\n",
            text::header(origin)
        )
    };
    file("react.js", all_of("react"));
    file("react.d.ts", all_of("react"));
    file("testing.js", all_of("testing"));
    file("testing.d.ts", declarations::testing(origin));
    for (path, text) in library::FILES {
        file(&format!("core/{path}"), text::header(origin) + text);
    }
    tree
}
