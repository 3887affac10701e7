//! The events crate: the enum of events, their names, and the data about the pings.
//!
//! The crate has the enum, two matches over it, and data tables. The code that is the same for every
//! registry is in `pings-types`. Little code depends on the registry, because its compile time grows
//! with the number of events.

mod arguments;
mod builders;
mod call_example;
mod catalogue;
mod choices;
mod enumeration;
mod layout;
mod naming;
mod perfect_hash;
mod readme;
mod root;
mod shapes;
mod tables;

use pings_model::Registry;

use crate::{Origin, Tree, header, package};

pub use call_example::{rust_event, rust_events};

pub(crate) use naming::{Field, FieldType, Plan, PlannedEvent};

/// The suffix of the crate's name after the name of the registry.
pub(crate) const KIND: &str = "events";

/// The manifest after the package section.
const REST: &str = "[dependencies]
pings-types = { workspace = true }
";

/// Returns the files of the crate.
pub(crate) fn files(registry: &Registry, origin: &Origin<'_>) -> Tree {
    let name = package::name(registry, KIND);
    let folder = format!("crates/{name}");
    let plan = Plan::new(registry.events());
    let mut tree = Tree::default();
    tree.own(format!("{folder}/src"));

    let mut file = |path: &str, text: String| tree.insert(format!("{folder}/{path}"), text);
    let description = format!("{}: typed events.", registry.title());
    file(
        "Cargo.toml",
        package::manifest(&name, &description, REST, origin),
    );
    file("build.rs", package::build_script(origin));
    file("README.md", readme::readme(&name, registry, &plan, origin));
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
    let text = origin.inlined().replace("\r\n", "\n");
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    header::toml(origin) + text
}

#[cfg(test)]
pub(crate) mod tests;
