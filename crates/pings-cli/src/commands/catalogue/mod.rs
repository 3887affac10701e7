//! `pings catalogue`

mod server;
mod site;

use std::fs;
use std::path::Path;

use self::site::{COMMAND, site};
use crate::arguments::{Catalogue, Common};
use crate::commands::site as files;
use crate::failure::{Failure, Outcome};

pub(crate) async fn run(common: &Common, arguments: &Catalogue) -> Outcome {
    if let Some(address) = arguments.serve {
        return server::run(common, address).await;
    }
    let out = &arguments.out;
    let failed = |error| Failure::Ours(format!("{}: {error}", out.display()));
    if !arguments.check {
        fs::create_dir_all(out).map_err(failed)?;
    }
    let registry_path = pings_build::relative(out, &common.registry).map_err(failed)?;
    let base = arguments.base_url.as_deref();
    let tree = site(&common.registry, &registry_path, base).map_err(Failure::of_registry)?;
    let command = format!("`{}`", command(common, out));
    files::write(common, (out, arguments.check), &tree, &command)
}

/// Returns the command that updates the site.
fn command(common: &Common, out: &Path) -> String {
    let registry = match common.names_registry {
        true => format!(" --registry {}", common.registry.display()),
        false => String::new(),
    };
    format!("{COMMAND}{registry} --out {}", out.display())
}
