//! The events crate: the enum of events, their names, and the data about the pings.
//!
//! The code that is the same for every registry is hand-written, in `support/`. The registry
//! determines the enum, three matches over it, and data tables. Little code depends on the
//! registry, because its compile time grows with the number of events.

mod catalogue;
mod choices;
mod enumeration;
mod firing;
mod layout;
mod perfect_hash;
mod plan;
mod readme;
mod root;
mod tables;

use pings_model::Registry;

use crate::{Origin, Tree, header, package};

pub use firing::rust_event;

use plan::Plan;

/// The suffix of the crate's name after the name of the registry.
const KIND: &str = "events";

/// The manifest after the package section.
const REST: &str = "[dependencies]
serde = { workspace = true }
serde_json = { workspace = true }
";

/// The modules that are the same for every registry.
const SUPPORT: [(&str, &str); 8] = [
    ("arguments.rs", include_str!("support/arguments.rs")),
    ("catalogue.rs", include_str!("support/catalogue.rs")),
    ("event_name.rs", include_str!("support/event_name.rs")),
    ("names.rs", include_str!("support/names.rs")),
    ("perfect_hash.rs", include_str!("support/perfect_hash.rs")),
    ("ping.rs", include_str!("support/ping.rs")),
    ("version.rs", include_str!("support/version.rs")),
    ("wire.rs", include_str!("support/wire.rs")),
];

/// Returns the files of the crate.
pub(crate) fn files(registry: &Registry, origin: &Origin<'_>) -> Tree {
    let name = package::name(registry, KIND);
    let folder = format!("crates/{name}");
    let plan = Plan::new(&registry.events);
    let mut tree = Tree::default();
    tree.own(format!("{folder}/src"));

    let mut file = |path: &str, text: String| tree.insert(format!("{folder}/{path}"), text);
    let description = format!("{}: typed events.", registry.title);
    file(
        "Cargo.toml",
        package::manifest(&name, &description, REST, origin),
    );
    file("build.rs", package::build_script(origin));
    file("README.md", readme::readme(&name, registry, &plan, origin));
    for (path, text) in SUPPORT {
        file(
            &format!("src/{path}"),
            format!("{}\n{text}", header::rust(origin)),
        );
    }
    file("src/lib.rs", root::root(registry, &plan, origin));
    file("src/event.rs", enumeration::module(&plan, origin));
    file("src/choices.rs", choices::module(&plan, origin));
    file("src/tables.rs", tables::module(registry, origin));
    file("src/pings.json", catalogue::json(registry, origin));
    file("src/registry.yaml", embedded(origin));
    tree
}

/// Returns the text of the registry, for programs that read it at run time.
fn embedded(origin: &Origin<'_>) -> String {
    let text = origin.registry_text.replace("\r\n", "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    header::toml(origin) + text
}

/// The support files that do not depend on a registry. They are also compiled here, because the
/// functions that read the perfect hash also build its tables.
#[allow(
    dead_code,
    reason = "the code is tested here and used in the generated crates"
)]
mod support {
    #[cfg(test)]
    pub(crate) mod arguments;
    pub(crate) mod perfect_hash;
    #[cfg(test)]
    pub(crate) mod ping;
    #[cfg(test)]
    pub(crate) mod version;

    #[cfg(test)]
    use version::Version;
}

#[cfg(test)]
mod tests;
