#![doc = include_str!("../README.md")]

mod calls;
mod changes;
mod data;
mod events;
mod example;
mod files;
mod fired;
mod frame;
mod index;
mod life;
mod lifecycle;
mod links;
mod markdown;
mod metric;
mod options;
mod owners;
mod ping;
mod releases;
mod search;
mod site;
mod tables;
mod timeline;

#[cfg(test)]
mod tests;

use pings_codegen::{Origin, Tree, css_header};
use pings_model::Registry;

pub use options::{CallSite, CallSites, History, Options, Released};

use site::Site;

/// Generates the site.
#[must_use]
pub fn catalogue(registry: &Registry, origin: &Origin<'_>, options: &Options<'_>) -> Tree {
    let site = Site::new(registry, origin, options);
    let mut tree = Tree::default();
    for folder in ["pings", "events", "tables", "owners", "releases"] {
        tree.own(folder);
    }
    index::pages(&site, &mut tree);
    ping::pages(&site, &mut tree);
    events::pages(&site, &mut tree);
    tables::pages(&site, &mut tree);
    owners::pages(&site, &mut tree);
    releases::pages(&site, &mut tree);
    for (path, asset) in [
        ("catalogue.css", pings_pages::STYLE),
        ("catalogue.js", include_str!("../assets/catalogue.js")),
    ] {
        tree.insert(path, format!("{}{asset}", css_header(origin)));
    }
    files::lists(&site, &mut tree);
    tree
}
