//! The site of a registry file, with what its repository says about it.

use std::path::Path;

use pings_catalogue::{Options, catalogue};
use pings_codegen::Tree;

use super::call_sites::call_sites;
use super::history::history;
use crate::arguments::Catalogue;
use crate::failure::Failure;

/// The command that updates the site.
pub(super) const COMMAND: &str = "pings catalogue";

/// Returns the site of a registry, which the pages call `name`.
pub(super) fn site(registry: &Path, name: &str, arguments: &Catalogue) -> Result<Tree, Failure> {
    let loaded = pings_build::load(registry).map_err(Failure::of_registry)?;
    let tags = arguments.tags.as_deref();
    let history = tags.map(|pattern| history(registry, &loaded.registry, pattern));
    let history = history.transpose()?;
    let folder = arguments.scan.as_deref();
    let sites = folder.map(|folder| call_sites(registry, &loaded, folder, arguments));
    let sites = sites.transpose()?;
    let options = Options {
        base: arguments.base_url.as_deref(),
        history: history.as_ref(),
        call_sites: sites.as_ref(),
    };
    let origin = loaded.origin(name, COMMAND);
    Ok(catalogue(&loaded.registry, &origin, &options))
}
