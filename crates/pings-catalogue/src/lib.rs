#![doc = include_str!("../README.md")]

mod data;
mod events;
mod example;
mod files;
mod frame;
mod index;
mod life;
mod markdown;
mod metric;
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

use site::Site;

/// Generates the site. With `base`, the address at which the site will be published, there is also a
/// sitemap.
#[must_use]
pub fn catalogue(registry: &Registry, origin: &Origin<'_>, base: Option<&str>) -> Tree {
    let site = Site::new(registry, origin);
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
    files::lists(&site, base, &mut tree);
    tree
}
